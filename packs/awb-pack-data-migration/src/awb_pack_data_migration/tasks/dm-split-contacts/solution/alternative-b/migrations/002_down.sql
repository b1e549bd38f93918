-- 002, back: `contacts` as it was before the split.
--
-- When that is done already, empty tables stand in for what the split had kept, so that nothing is done again.

CREATE TABLE IF NOT EXISTS v1_contacts (
    id INTEGER PRIMARY KEY, name, company, emails, phones, country, tags, created, source
);
CREATE TABLE IF NOT EXISTS v1_sequence (place INTEGER, seq);

-- The new tables.

DROP VIEW IF EXISTS contact_directory;
DROP TABLE IF EXISTS emails;
DROP TABLE IF EXISTS phones;
DROP TABLE IF EXISTS person_tags;
DROP TABLE IF EXISTS people;
DROP TABLE IF EXISTS companies;
DROP TABLE IF EXISTS quarantine;

-- The old table, filled before the triggers are there: nothing of this belongs into change_log.

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
    SELECT id, name, company, emails, phones, country, tags, created, source FROM v1_contacts;

-- The id of the next contact, at its old place unless that has been taken.

DELETE FROM sqlite_sequence WHERE name = 'contacts' AND EXISTS (SELECT 1 FROM v1_sequence);

INSERT INTO sqlite_sequence (rowid, name, seq)
    SELECT CASE WHEN place IN (SELECT rowid FROM sqlite_sequence) THEN NULL ELSE place END, 'contacts', seq
    FROM v1_sequence
    WHERE place IS NOT NULL;

DROP TABLE v1_sequence;
DROP TABLE v1_contacts;

CREATE INDEX IF NOT EXISTS contacts_company ON contacts (company);
CREATE INDEX IF NOT EXISTS contacts_created ON contacts (created DESC);

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

CREATE VIEW IF NOT EXISTS contact_directory AS
    SELECT id, name, emails AS email, phones AS phone, company FROM contacts;
