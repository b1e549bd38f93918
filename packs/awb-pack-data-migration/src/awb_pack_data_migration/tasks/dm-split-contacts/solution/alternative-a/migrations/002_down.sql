-- 002, back: contacts as it was, and nothing of what 002_up.sql made.
--
-- On a database at 001 there are no rows to bring back: the tables of v1 are made empty, and contacts is there.

CREATE TABLE IF NOT EXISTS v1_contacts (
    id INTEGER PRIMARY KEY, name, company, emails, phones, country, tags, created, source
);

CREATE TABLE IF NOT EXISTS v1_sequence (only INTEGER PRIMARY KEY CHECK (only = 1), place, seq);

DROP VIEW IF EXISTS contact_directory;
DROP TABLE IF EXISTS person_tags;
DROP TABLE IF EXISTS phones;
DROP TABLE IF EXISTS emails;
DROP TABLE IF EXISTS people;
DROP TABLE IF EXISTS companies;
DROP TABLE IF EXISTS quarantine;

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

INSERT INTO contacts (id, name, company, emails, phones, country, tags, created, source)
SELECT id, name, company, emails, phones, country, tags, created, source FROM v1_contacts ORDER BY id;

-- The id of the next contact: its row in sqlite_sequence, in its old place unless that is taken by now.

DELETE FROM sqlite_sequence WHERE name = 'contacts' AND EXISTS (SELECT 1 FROM v1_sequence);

INSERT INTO sqlite_sequence (rowid, name, seq)
SELECT CASE WHEN place NOT IN (SELECT rowid FROM sqlite_sequence) THEN place END, 'contacts', seq
FROM v1_sequence
WHERE place IS NOT NULL;

DROP TABLE v1_contacts;
DROP TABLE v1_sequence;

CREATE INDEX IF NOT EXISTS contacts_company ON contacts (company);
CREATE INDEX IF NOT EXISTS contacts_created ON contacts (created DESC);

-- Only now, so that the rows above are not logged.

CREATE TRIGGER IF NOT EXISTS contacts_log_insert AFTER INSERT ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', new.id, 'insert');
END;

CREATE TRIGGER IF NOT EXISTS contacts_log_update AFTER UPDATE ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', new.id, 'update');
END;

CREATE TRIGGER IF NOT EXISTS contacts_log_delete AFTER DELETE ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', old.id, 'delete');
END;

CREATE VIEW contact_directory AS
    SELECT id, name, emails AS email, phones AS phone, company FROM contacts;
