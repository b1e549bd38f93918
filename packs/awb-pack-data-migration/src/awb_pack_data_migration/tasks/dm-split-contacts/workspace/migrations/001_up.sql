-- 001: the contact book as it was imported from the old CRM, and what hangs on it.

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

CREATE INDEX IF NOT EXISTS contacts_company ON contacts (company);
CREATE INDEX IF NOT EXISTS contacts_created ON contacts (created DESC);

CREATE TABLE IF NOT EXISTS change_log (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    table_name TEXT NOT NULL,
    row_id     INTEGER NOT NULL,
    action     TEXT NOT NULL
);

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

CREATE TABLE IF NOT EXISTS interactions (
    id          INTEGER PRIMARY KEY,
    contact_id  INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    happened_on TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS interactions_contact ON interactions (contact_id);

CREATE VIEW IF NOT EXISTS contact_directory AS
    SELECT id, name, emails AS email, phones AS phone, company FROM contacts;
