-- awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
-- 002, back: the contacts as they were. On a database that is at 001 every step finds nothing to do.

CREATE TABLE IF NOT EXISTS contacts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT,
    company  TEXT,
    emails,
    phones,
    country  TEXT,
    tags     TEXT,
    created,
    source   TEXT
);
CREATE TABLE IF NOT EXISTS v1_contacts (
    id       INTEGER PRIMARY KEY,
    name     TEXT,
    company  TEXT,
    emails,
    phones,
    country  TEXT,
    tags     TEXT,
    created,
    source   TEXT
);
CREATE TABLE IF NOT EXISTS v1_sequence (seq INTEGER NOT NULL);

-- Restored rows are not changes: no trigger may log them.
DROP TRIGGER IF EXISTS contacts_log_insert;
DROP TRIGGER IF EXISTS contacts_log_update;
DROP TRIGGER IF EXISTS contacts_log_delete;

INSERT INTO contacts (id, name, company, emails, phones, country, tags, created, source)
    SELECT id, name, company, emails, phones, country, tags, created, source FROM v1_contacts;

DELETE FROM sqlite_sequence WHERE name = 'contacts' AND EXISTS (SELECT 1 FROM v1_sequence);
INSERT INTO sqlite_sequence (name, seq) SELECT 'contacts', seq FROM v1_sequence;

CREATE INDEX IF NOT EXISTS contacts_company ON contacts (company);
CREATE INDEX IF NOT EXISTS contacts_created ON contacts (created DESC);

CREATE TRIGGER contacts_log_insert AFTER INSERT ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', new.id, 'insert');
END;

CREATE TRIGGER contacts_log_update AFTER UPDATE ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', new.id, 'update');
END;

CREATE TRIGGER contacts_log_delete AFTER DELETE ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', old.id, 'delete');
END;

DROP VIEW IF EXISTS contact_directory;
CREATE VIEW contact_directory AS
    SELECT id, name, emails AS email, phones AS phone, company FROM contacts;

DROP TABLE IF EXISTS person_tags;
DROP TABLE IF EXISTS phones;
DROP TABLE IF EXISTS emails;
DROP TABLE IF EXISTS people;
DROP TABLE IF EXISTS companies;
DROP TABLE IF EXISTS quarantine;
DROP TABLE v1_contacts;
DROP TABLE v1_sequence;
