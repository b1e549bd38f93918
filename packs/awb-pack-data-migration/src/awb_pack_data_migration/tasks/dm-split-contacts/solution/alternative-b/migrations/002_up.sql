-- 002: split `contacts` into people, companies, e-mail addresses, phone numbers and tags; docs/split-contacts.md has the rules.
--
-- All work starts from the rows of `contacts`. When it is done already, an empty `contacts` stands in, so that a second
-- run finds nothing to do. Tables named v1_work_ are gone at the end; v1_contacts and v1_sequence stay for the way back.

CREATE TABLE IF NOT EXISTS contacts (id INTEGER PRIMARY KEY, name, company, emails, phones, country, tags, created, source);

-- --- What the way back needs ------------------------------------------------------------------------------------------

-- Columns without a type keep every storage class.
CREATE TABLE IF NOT EXISTS v1_contacts (
    id INTEGER PRIMARY KEY, name, company, emails, phones, country, tags, created, source
);

INSERT INTO v1_contacts (id, name, company, emails, phones, country, tags, created, source)
    SELECT id, name, company, emails, phones, country, tags, created, source FROM contacts;

-- One row: where sqlite_sequence had `contacts`, if it had it.
CREATE TABLE IF NOT EXISTS v1_sequence (place INTEGER, seq);

INSERT INTO v1_sequence (place, seq)
    SELECT
        (SELECT rowid FROM sqlite_sequence WHERE name = 'contacts'),
        (SELECT seq FROM sqlite_sequence WHERE name = 'contacts')
    WHERE NOT EXISTS (SELECT 1 FROM v1_sequence);

-- --- The new tables ---------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS companies (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS people (
    id          INTEGER PRIMARY KEY,
    honorific   TEXT,
    given_name  TEXT,
    family_name TEXT,
    company_id  INTEGER REFERENCES companies (id) ON DELETE RESTRICT,
    country     TEXT,
    created_at  TEXT,
    source      TEXT
);

CREATE INDEX IF NOT EXISTS people_company ON people (company_id);

CREATE TABLE IF NOT EXISTS emails (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    address   TEXT NOT NULL UNIQUE CHECK (address = lower(address)),
    position  INTEGER NOT NULL
);

CREATE INDEX IF NOT EXISTS emails_person ON emails (person_id, position);

CREATE TABLE IF NOT EXISTS phones (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    number    TEXT NOT NULL CHECK (number GLOB '+*'),
    position  INTEGER NOT NULL,
    UNIQUE (person_id, number)
);

CREATE INDEX IF NOT EXISTS phones_number ON phones (number);
CREATE INDEX IF NOT EXISTS phones_person ON phones (person_id, position);

CREATE TABLE IF NOT EXISTS person_tags (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    tag       TEXT NOT NULL,
    PRIMARY KEY (person_id, tag)
);

CREATE TABLE IF NOT EXISTS quarantine (
    id         INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL,
    field      TEXT NOT NULL,
    value      TEXT,
    reason     TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS quarantine_contact ON quarantine (contact_id);

-- --- Clean and blank --------------------------------------------------------------------------------------------------

-- Every value, and every piece of a list, passes through this table, which is where the terms of the document are. Runs
-- of up to 100,000 spaces shrink to one: twice by 32, eight times by two.
CREATE TABLE v1_work_text (
    contact_id INTEGER NOT NULL,
    field      TEXT NOT NULL,
    place      INTEGER NOT NULL,
    value,
    spaced     TEXT AS (replace(replace(replace(replace(CAST(value AS TEXT), char(9), ' '), char(10), ' '), char(13), ' '), char(160), ' ')),
    clean      TEXT AS (trim(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(spaced, '                                ', ' '), '                                ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '))) STORED,
    blank      INTEGER AS (
        clean IS NULL OR lower(clean) IN ('', '-', '--', '?', 'n/a', 'na', 'none', 'null', 'unknown')
    ) STORED,
    PRIMARY KEY (field, contact_id, place)
) WITHOUT ROWID;

INSERT INTO v1_work_text (contact_id, field, place, value)
    SELECT id, 'name', 0, name FROM contacts
    UNION ALL SELECT id, 'company', 0, company FROM contacts
    UNION ALL SELECT id, 'country', 0, country FROM contacts
    UNION ALL SELECT id, 'created', 0, created FROM contacts
    UNION ALL SELECT id, 'emails', 0, emails FROM contacts
    UNION ALL SELECT id, 'phones', 0, phones FROM contacts
    UNION ALL SELECT id, 'tags', 0, tags FROM contacts;

-- Lists are cut by making JSON arrays of them. All separators become one character first, as the separator of the array
-- holds a comma itself; quoting brings in none of them.
INSERT INTO v1_work_text (contact_id, field, place, value)
    SELECT list.contact_id, kind.piece, cut.key, cut.value
    FROM (
        SELECT 'emails' AS field, 'email' AS piece, '|' AS other
        UNION ALL SELECT 'phones', 'phone', '/'
        UNION ALL SELECT 'tags', 'tag', '|'
    ) AS kind
    JOIN v1_work_text AS list ON list.field = kind.field AND NOT list.blank
    JOIN json_each(
        '[' || replace(
            replace(
                replace(
                    CASE kind.field
                        WHEN 'tags' THEN json_quote(list.clean)
                        ELSE replace(json_quote(list.clean), ';', ',')
                    END,
                    kind.other, ','
                ),
                '|', ','
            ),
            ',', '","'
        ) || ']'
    ) AS cut;

-- The key of a company is cleaned a second time.
INSERT INTO v1_work_text (contact_id, field, place, value)
    SELECT contact_id, 'company key', 0, replace(replace(lower(clean), '.', ''), ',', '')
    FROM v1_work_text
    WHERE field = 'company' AND NOT blank;

-- --- One row per contact ----------------------------------------------------------------------------------------------

CREATE TABLE v1_work_person (
    id INTEGER PRIMARY KEY,
    honorific TEXT, given_name TEXT, family_name TEXT,
    company TEXT, company_key TEXT,
    country TEXT, created_at TEXT, source TEXT,
    is_person INTEGER NOT NULL DEFAULT 0
);

INSERT INTO v1_work_person (id, source) SELECT id, source FROM contacts;

-- Given names are what stands in front of the last word: what is left when all that are no spaces go from the end.
WITH
    titles (word, honorific) AS (VALUES ('dr', 'Dr'), ('prof', 'Prof'), ('mr', 'Mr'), ('mrs', 'Mrs'), ('ms', 'Ms')),
    titled AS (
        SELECT
            contact_id, honorific,
            CASE WHEN honorific IS NULL THEN clean ELSE substr(clean, instr(clean, ' ') + 1) END AS rest
        FROM v1_work_text
        LEFT JOIN titles
            ON instr(clean, ' ') > 0
            AND lower(substr(clean, 1, instr(clean, ' ') - 1)) IN (word, word || '.')
        WHERE field = 'name' AND NOT blank
    ),
    cut AS (
        SELECT
            contact_id, honorific, rest, instr(rest, ',') AS comma,
            rtrim(rest, replace(rest, ' ', '')) AS front
        FROM titled
    )
UPDATE v1_work_person
SET
    honorific = cut.honorific,
    given_name = nullif(trim(CASE WHEN comma THEN substr(rest, comma + 1) ELSE front END), ''),
    family_name = nullif(trim(CASE WHEN comma THEN substr(rest, 1, comma - 1) ELSE substr(rest, length(front) + 1) END), '')
FROM cut
WHERE cut.contact_id = v1_work_person.id;

WITH
    spellings (spelling, code) AS (
        VALUES
            ('de', 'DE'), ('deu', 'DE'), ('germany', 'DE'), ('deutschland', 'DE'),
            ('at', 'AT'), ('aut', 'AT'), ('austria', 'AT'), ('österreich', 'AT'), ('Österreich', 'AT'),
            ('ch', 'CH'), ('che', 'CH'), ('switzerland', 'CH'), ('schweiz', 'CH'),
            ('fr', 'FR'), ('fra', 'FR'), ('france', 'FR'),
            ('gb', 'GB'), ('uk', 'GB'), ('gbr', 'GB'), ('united kingdom', 'GB'),
            ('us', 'US'), ('usa', 'US'), ('united states', 'US'), ('u.s.', 'US')
    )
UPDATE v1_work_person
SET country = code
FROM v1_work_text
JOIN spellings ON spelling = lower(clean)
WHERE field = 'country' AND NOT blank AND contact_id = v1_work_person.id;

-- A date that does not exist, like 31 February, is moved to one that does when it is reckoned with (and only then, hence
-- the modifier); so datetime() must give back what it was given.
WITH
    shaped AS (
        SELECT
            contact_id,
            CASE
                WHEN clean GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' THEN clean || ' 00:00:00'
                WHEN clean GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9]' OR clean GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'
                    THEN substr(clean, 1, 10) || ' ' || substr(clean, 12, 8)
                WHEN clean GLOB '[0-9][0-9].[0-9][0-9].[0-9][0-9][0-9][0-9]'
                    THEN substr(clean, 7, 4) || '-' || substr(clean, 4, 2) || '-' || substr(clean, 1, 2) || ' 00:00:00'
                WHEN clean GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'
                    THEN substr(clean, 7, 4) || '-' || substr(clean, 1, 2) || '-' || substr(clean, 4, 2) || ' 00:00:00'
                WHEN length(clean) IN (9, 10) AND clean NOT GLOB '*[^0-9]*'
                    THEN datetime(CAST(clean AS INTEGER), 'unixepoch')
            END AS stamp
        FROM v1_work_text
        WHERE field = 'created' AND NOT blank
    )
UPDATE v1_work_person
SET created_at = stamp
FROM shaped
WHERE contact_id = v1_work_person.id AND datetime(stamp, '+0 days') = stamp;

WITH
    named AS (
        SELECT
            keyed.contact_id, written.clean AS name, keyed.clean AS words,
            rtrim(keyed.clean, replace(keyed.clean, ' ', '')) AS front
        FROM v1_work_text AS keyed
        JOIN v1_work_text AS written ON written.field = 'company' AND written.contact_id = keyed.contact_id
        WHERE keyed.field = 'company key' AND keyed.clean <> ''
    )
UPDATE v1_work_person
SET
    company = name,
    company_key = CASE
        WHEN front <> ''
            AND substr(words, length(front) + 1) IN ('inc', 'ltd', 'llc', 'gmbh', 'ag', 'sa', 'bv', 'plc')
            THEN trim(front)
        ELSE words
    END
FROM named
WHERE contact_id = v1_work_person.id;

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT contact_id, field, clean, CASE field WHEN 'country' THEN 'unknown_country' ELSE 'bad_date' END
    FROM v1_work_text
    JOIN v1_work_person ON v1_work_person.id = contact_id
    WHERE NOT blank AND (field = 'country' AND country IS NULL OR field = 'created' AND created_at IS NULL)
    ORDER BY contact_id;

-- --- E-mail addresses -------------------------------------------------------------------------------------------------

CREATE TABLE v1_work_email (
    contact_id INTEGER NOT NULL, place INTEGER NOT NULL, piece TEXT, address TEXT, kept INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (contact_id, place)
) WITHOUT ROWID;

CREATE INDEX v1_work_email_address ON v1_work_email (address);

-- `address` is NULL where it is none.
WITH
    opened AS (
        SELECT contact_id, place, clean, instr(clean, '<') AS opening
        FROM v1_work_text
        WHERE field = 'email' AND NOT blank
    ),
    bracketed AS (
        SELECT *, CASE WHEN opening THEN instr(substr(clean, opening + 1), '>') ELSE 0 END AS inner_end FROM opened
    ),
    inside AS (
        SELECT
            contact_id, place, clean,
            lower(trim(CASE WHEN inner_end THEN substr(clean, opening + 1, inner_end - 1) ELSE clean END)) AS address
        FROM bracketed
    ),
    bare AS (
        SELECT
            contact_id, place, clean,
            CASE WHEN substr(address, 1, 7) = 'mailto:' THEN substr(address, 8) ELSE address END AS address
        FROM inside
    ),
    parted AS (
        SELECT
            *,
            substr(address, 1, instr(address, '@') - 1) AS local_part,
            substr(address, instr(address, '@') + 1) AS domain
        FROM bare
    )
INSERT INTO v1_work_email (contact_id, place, piece, address)
    SELECT
        contact_id, place, clean,
        CASE
            WHEN instr(address, '@') > 1
                AND length(local_part) <= 64
                AND local_part NOT GLOB '*[^a-z0-9._%+-]*'
                AND '.' || local_part || '.' NOT LIKE '%..%'
                AND domain NOT GLOB '*[^a-z0-9.-]*'
                AND domain LIKE '%.%'
                AND '.' || domain || '.' NOT LIKE '%..%'
                AND '.' || domain || '.' NOT LIKE '%.-%'
                AND '.' || domain || '.' NOT LIKE '%-.%'
                THEN address
        END
    FROM parted;

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT contact_id, 'email', piece, 'bad_email' FROM v1_work_email WHERE address IS NULL ORDER BY contact_id, place;

DELETE FROM v1_work_email
WHERE address IS NULL
    OR EXISTS (
        SELECT 1 FROM v1_work_email AS earlier
        WHERE earlier.contact_id = v1_work_email.contact_id
            AND earlier.address = v1_work_email.address
            AND earlier.place < v1_work_email.place
    );

-- NULL is the smallest value, so that a contact without a date comes last.
WITH
    claims AS (
        SELECT
            contact_id, place,
            row_number() OVER (PARTITION BY address ORDER BY created_at DESC, contact_id) AS rank
        FROM v1_work_email
        JOIN v1_work_person ON v1_work_person.id = contact_id
    )
UPDATE v1_work_email
SET kept = 1
FROM claims
WHERE rank = 1 AND claims.contact_id = v1_work_email.contact_id AND claims.place = v1_work_email.place;

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT contact_id, 'email', address, 'duplicate_email' FROM v1_work_email WHERE NOT kept ORDER BY contact_id, place;

-- --- Phone numbers ----------------------------------------------------------------------------------------------------

CREATE TABLE v1_work_phone (
    contact_id INTEGER NOT NULL, place INTEGER NOT NULL, piece TEXT, number TEXT, reason TEXT,
    PRIMARY KEY (contact_id, place)
) WITHOUT ROWID;

WITH
    prefixes (code, prefix) AS (VALUES ('DE', '+49'), ('AT', '+43'), ('CH', '+41'), ('FR', '+33'), ('GB', '+44')),
    bare AS (
        SELECT
            contact_id, place, clean AS piece, country,
            replace(replace(replace(replace(replace(replace(
                clean, '(0)', ''), ' ', ''), '-', ''), '.', ''), '(', ''), ')', '') AS digits
        FROM v1_work_text
        JOIN v1_work_person ON v1_work_person.id = contact_id
        WHERE field = 'phone' AND NOT blank
    ),
    formed AS (
        SELECT
            contact_id, place, piece, country,
            CASE
                WHEN digits NOT GLOB '*[0-9]*' OR substr(digits, 2) GLOB '*[^0-9]*' OR digits GLOB '[^0-9+]*' THEN NULL
                WHEN digits GLOB '00*' THEN '+' || substr(digits, 3)
                ELSE digits
            END AS digits
        FROM bare
    ),
    placed AS (
        SELECT
            contact_id, place, piece,
            digits NOT GLOB '+*' AND country IS NULL AS homeless,
            CASE
                WHEN digits GLOB '+*' THEN digits
                WHEN country = 'US' AND length(digits) = 10 THEN '+1' || digits
                WHEN country = 'US' AND length(digits) = 11 AND digits GLOB '1*' THEN '+' || digits
                WHEN digits GLOB '0*' THEN prefix || substr(digits, 2)
            END AS number
        FROM formed
        LEFT JOIN prefixes ON code = country
    )
INSERT INTO v1_work_phone (contact_id, place, piece, number, reason)
    SELECT
        contact_id, place, piece, number,
        CASE
            WHEN homeless THEN 'no_country'
            WHEN number GLOB '+[1-9]*' AND length(number) BETWEEN 9 AND 16 THEN NULL
            ELSE 'bad_phone'
        END
    FROM placed;

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT contact_id, 'phone', piece, reason FROM v1_work_phone WHERE reason IS NOT NULL ORDER BY contact_id, place;

DELETE FROM v1_work_phone
WHERE reason IS NOT NULL
    OR EXISTS (
        SELECT 1 FROM v1_work_phone AS earlier
        WHERE earlier.contact_id = v1_work_phone.contact_id
            AND earlier.number = v1_work_phone.number
            AND earlier.reason IS NULL
            AND earlier.place < v1_work_phone.place
    );

-- --- People -----------------------------------------------------------------------------------------------------------

UPDATE v1_work_person
SET is_person = 1
WHERE given_name IS NOT NULL
    OR family_name IS NOT NULL
    OR id IN (SELECT contact_id FROM v1_work_email WHERE kept)
    OR id IN (SELECT contact_id FROM v1_work_phone);

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT id, 'row', NULL, 'empty' FROM v1_work_person WHERE NOT is_person ORDER BY id;

WITH
    used AS (
        SELECT company_key, company, count(*) AS bearers, min(id) AS first_id
        FROM v1_work_person
        WHERE is_person AND company_key IS NOT NULL
        GROUP BY company_key, company
    ),
    ranked AS (
        SELECT *, row_number() OVER (PARTITION BY company_key ORDER BY bearers DESC, first_id) AS rank FROM used
    )
INSERT INTO companies (name, name_key)
    SELECT company, company_key FROM ranked WHERE rank = 1 ORDER BY company_key;

INSERT INTO people (id, honorific, given_name, family_name, company_id, country, created_at, source)
    SELECT person.id, honorific, given_name, family_name, companies.id, country, created_at, source
    FROM v1_work_person AS person
    LEFT JOIN companies ON name_key = company_key
    WHERE is_person;

INSERT INTO emails (person_id, address, position)
    SELECT contact_id, address, row_number() OVER (PARTITION BY contact_id ORDER BY place)
    FROM v1_work_email
    WHERE kept;

INSERT INTO phones (person_id, number, position)
    SELECT contact_id, number, row_number() OVER (PARTITION BY contact_id ORDER BY place)
    FROM v1_work_phone;

INSERT INTO person_tags (person_id, tag)
    SELECT DISTINCT contact_id, lower(clean)
    FROM v1_work_text
    JOIN v1_work_person ON v1_work_person.id = contact_id
    WHERE field = 'tag' AND NOT blank AND is_person;

-- --- The old table goes -----------------------------------------------------------------------------------------------

DROP TABLE v1_work_phone;
DROP TABLE v1_work_email;
DROP TABLE v1_work_person;
DROP TABLE v1_work_text;

DROP VIEW IF EXISTS contact_directory;
DROP TABLE contacts;

CREATE VIEW contact_directory AS
    SELECT
        id,
        nullif(
            substr(coalesce(' ' || honorific, '') || coalesce(' ' || given_name, '') || coalesce(' ' || family_name, ''), 2),
            ''
        ) AS name,
        (SELECT address FROM emails WHERE person_id = people.id ORDER BY position LIMIT 1) AS email,
        (SELECT number FROM phones WHERE person_id = people.id ORDER BY position LIMIT 1) AS phone,
        (SELECT companies.name FROM companies WHERE companies.id = people.company_id) AS company
    FROM people;
