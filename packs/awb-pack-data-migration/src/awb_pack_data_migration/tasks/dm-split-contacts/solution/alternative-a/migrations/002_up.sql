-- 002: split contacts into companies, people, emails, phones and person_tags (docs/split-contacts.md).
--
-- The script reads the table contacts and drops it at the end. Run once more it finds no such table, makes an
-- empty one, and so has nothing to insert anywhere. Tables named v1_work_* are gone when it ends.

CREATE TABLE IF NOT EXISTS contacts (id INTEGER PRIMARY KEY, name, company, emails, phones, country, tags, created, source);

-- What the way back needs: the rows as they are, and the place of contacts in sqlite_sequence.

CREATE TABLE IF NOT EXISTS v1_contacts (
    id INTEGER PRIMARY KEY, name, company, emails, phones, country, tags, created, source
);

CREATE TABLE IF NOT EXISTS v1_sequence (only INTEGER PRIMARY KEY CHECK (only = 1), place, seq);

INSERT INTO v1_contacts
SELECT id, name, company, emails, phones, country, tags, created, source FROM contacts;

INSERT INTO v1_sequence (only, place, seq)
SELECT 1, s.rowid, s.seq
FROM (SELECT 1) LEFT JOIN sqlite_sequence AS s ON s.name = 'contacts'
WHERE NOT EXISTS (SELECT 1 FROM v1_sequence);

-- The new tables.

CREATE TABLE IF NOT EXISTS companies (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE
);

-- An id is not given twice, for interactions may point at contacts that became no person.
CREATE TABLE IF NOT EXISTS people (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    honorific   TEXT,
    given_name  TEXT,
    family_name TEXT,
    company_id  INTEGER REFERENCES companies (id) ON DELETE RESTRICT,
    country     TEXT,
    created_at  TEXT,
    source      TEXT
);

CREATE TABLE IF NOT EXISTS emails (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    address   TEXT NOT NULL UNIQUE CHECK (address = lower(address)),
    position  INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS phones (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    number    TEXT NOT NULL CHECK (substr(number, 1, 1) = '+'),
    position  INTEGER NOT NULL,
    UNIQUE (person_id, number)
);

CREATE TABLE IF NOT EXISTS person_tags (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    tag       TEXT NOT NULL,
    UNIQUE (person_id, tag)
);

CREATE TABLE IF NOT EXISTS quarantine (
    id         INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL,
    field      TEXT NOT NULL,
    value      TEXT,
    reason     TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS people_company ON people (company_id);
CREATE INDEX IF NOT EXISTS emails_person ON emails (person_id, position);
CREATE INDEX IF NOT EXISTS phones_person ON phones (person_id, position);
CREATE INDEX IF NOT EXISTS phones_number ON phones (number);
CREATE INDEX IF NOT EXISTS quarantine_contact ON quarantine (contact_id);

-- Every value that is not blank, clean. A list is cleaned as a whole: its pieces only need to be trimmed then.
-- Runs of up to 250,000 spaces become one: eight to one five times, two to one four times.

CREATE TABLE v1_work_clean (field, contact_id INTEGER, value TEXT, PRIMARY KEY (field, contact_id)) WITHOUT ROWID;

INSERT INTO v1_work_clean (field, contact_id, value)
SELECT field, contact_id, value
FROM (
    SELECT field, contact_id,
        trim(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            replace(replace(replace(replace(raw, char(9), ' '), char(10), ' '), char(13), ' '), char(160), ' '),
            '        ', ' '), '        ', ' '), '        ', ' '), '        ', ' '), '        ', ' '),
            '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')) AS value
    FROM (
        SELECT 'name' AS field, id AS contact_id, CAST(name AS TEXT) AS raw FROM contacts
        UNION ALL SELECT 'company', id, CAST(company AS TEXT) FROM contacts
        UNION ALL SELECT 'email', id, CAST(emails AS TEXT) FROM contacts
        UNION ALL SELECT 'phone', id, CAST(phones AS TEXT) FROM contacts
        UNION ALL SELECT 'country', id, CAST(country AS TEXT) FROM contacts
        UNION ALL SELECT 'tag', id, CAST(tags AS TEXT) FROM contacts
        UNION ALL SELECT 'created', id, CAST(created AS TEXT) FROM contacts
    )
    WHERE raw IS NOT NULL
)
WHERE lower(value) NOT IN ('', '-', '--', '?', 'n/a', 'na', 'none', 'null', 'unknown');

-- The pieces of the lists, cut by making a JSON array of each.

CREATE TABLE v1_work_pieces (
    field, contact_id INTEGER, place INTEGER, piece TEXT, PRIMARY KEY (field, contact_id, place)
) WITHOUT ROWID;

INSERT INTO v1_work_pieces (field, contact_id, place, piece)
SELECT field, contact_id, place, piece
FROM (
    SELECT list.field, list.contact_id, cut.key AS place, trim(cut.value) AS piece
    FROM (
        SELECT field, contact_id, replace(replace(replace(json_quote(value), ';', ','), '|', ','), ',', '","') AS quoted
        FROM v1_work_clean WHERE field = 'email'
        UNION ALL
        SELECT field, contact_id,
            replace(replace(replace(replace(json_quote(value), ';', ','), '|', ','), '/', ','), ',', '","')
        FROM v1_work_clean WHERE field = 'phone'
        UNION ALL
        SELECT field, contact_id, replace(replace(json_quote(value), '|', ','), ',', '","')
        FROM v1_work_clean WHERE field = 'tag'
    ) AS list, json_each('[' || list.quoted || ']') AS cut
)
WHERE lower(piece) NOT IN ('', '-', '--', '?', 'n/a', 'na', 'none', 'null', 'unknown');

-- Country.

CREATE TABLE v1_work_countries (spelling TEXT PRIMARY KEY, code TEXT, prefix TEXT) WITHOUT ROWID;

INSERT INTO v1_work_countries VALUES
    ('de', 'DE', '+49'), ('deu', 'DE', '+49'), ('germany', 'DE', '+49'), ('deutschland', 'DE', '+49'),
    ('at', 'AT', '+43'), ('aut', 'AT', '+43'), ('austria', 'AT', '+43'), ('österreich', 'AT', '+43'),
    ('Österreich', 'AT', '+43'),
    ('ch', 'CH', '+41'), ('che', 'CH', '+41'), ('switzerland', 'CH', '+41'), ('schweiz', 'CH', '+41'),
    ('fr', 'FR', '+33'), ('fra', 'FR', '+33'), ('france', 'FR', '+33'),
    ('gb', 'GB', '+44'), ('uk', 'GB', '+44'), ('gbr', 'GB', '+44'), ('united kingdom', 'GB', '+44'),
    ('us', 'US', '+1'), ('usa', 'US', '+1'), ('united states', 'US', '+1'), ('u.s.', 'US', '+1');

CREATE TABLE v1_work_country (contact_id INTEGER PRIMARY KEY, code TEXT, prefix TEXT);

INSERT INTO v1_work_country (contact_id, code, prefix)
SELECT contact_id, code, prefix
FROM v1_work_clean JOIN v1_work_countries ON spelling = lower(value)
WHERE field = 'country';

INSERT INTO quarantine (contact_id, field, value, reason)
SELECT contact_id, 'country', value, 'unknown_country'
FROM v1_work_clean
WHERE field = 'country' AND contact_id NOT IN (SELECT contact_id FROM v1_work_country)
ORDER BY contact_id;

-- Created: written as YYYY-MM-DD HH:MM:SS first. SQLite then shifts what does not exist (February 30, 24:00:00) to
-- what does, or knows no such time at all.

CREATE TABLE v1_work_created (contact_id INTEGER PRIMARY KEY, created_at TEXT);

INSERT INTO v1_work_created (contact_id, created_at)
SELECT contact_id, moment
FROM (
    SELECT contact_id,
        CASE
            WHEN value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' THEN value || ' 00:00:00'
            WHEN value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9]'
                OR value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'
                THEN substr(value, 1, 10) || ' ' || substr(value, 12, 8)
            WHEN value GLOB '[0-9][0-9].[0-9][0-9].[0-9][0-9][0-9][0-9]'
                THEN substr(value, 7, 4) || '-' || substr(value, 4, 2) || '-' || substr(value, 1, 2) || ' 00:00:00'
            WHEN value GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'
                THEN substr(value, 7, 4) || '-' || substr(value, 1, 2) || '-' || substr(value, 4, 2) || ' 00:00:00'
            WHEN length(value) IN (9, 10) AND value NOT GLOB '*[^0-9]*'
                THEN datetime(CAST(value AS INTEGER), 'unixepoch')
        END AS moment
    FROM v1_work_clean
    WHERE field = 'created'
)
WHERE moment = datetime(moment, '+0 days') AND moment NOT LIKE '0000-%';

INSERT INTO quarantine (contact_id, field, value, reason)
SELECT contact_id, 'created', value, 'bad_date'
FROM v1_work_clean
WHERE field = 'created' AND contact_id NOT IN (SELECT contact_id FROM v1_work_created)
ORDER BY contact_id;

-- Name: the words behind an honorific, then the parts. rtrim(x, x without spaces) leaves all but the last word.

CREATE TABLE v1_work_names (contact_id INTEGER PRIMARY KEY, honorific TEXT, given_name TEXT, family_name TEXT);

INSERT INTO v1_work_names (contact_id, honorific, given_name, family_name)
SELECT contact_id, honorific,
    nullif(CASE comma
        WHEN 0 THEN trim(rtrim(words, replace(words, ' ', '')))
        ELSE trim(substr(words, comma + 1))
    END, ''),
    nullif(CASE comma
        WHEN 0 THEN substr(words, length(rtrim(words, replace(words, ' ', ''))) + 1)
        ELSE trim(substr(words, 1, comma - 1))
    END, '')
FROM (
    SELECT contact_id, honorific, words, instr(words, ',') AS comma
    FROM (
        SELECT contact_id, honorific,
            CASE WHEN honorific IS NULL THEN value ELSE substr(value, instr(value, ' ') + 1) END AS words
        FROM (
            SELECT contact_id, value,
                CASE lower(substr(value, 1, instr(value, ' ') - 1))
                    WHEN 'dr' THEN 'Dr' WHEN 'dr.' THEN 'Dr'
                    WHEN 'prof' THEN 'Prof' WHEN 'prof.' THEN 'Prof'
                    WHEN 'mr' THEN 'Mr' WHEN 'mr.' THEN 'Mr'
                    WHEN 'mrs' THEN 'Mrs' WHEN 'mrs.' THEN 'Mrs'
                    WHEN 'ms' THEN 'Ms' WHEN 'ms.' THEN 'Ms'
                END AS honorific
            FROM v1_work_clean
            WHERE field = 'name'
        )
    )
);

-- E-mail addresses: each piece with its address, NULL where there is no valid one.

CREATE TABLE v1_work_emails (contact_id INTEGER, place INTEGER, piece TEXT, address TEXT);

INSERT INTO v1_work_emails (contact_id, place, piece, address)
SELECT contact_id, place, piece,
    CASE WHEN
        instr(address, '@') > 1 AND instr(domain, '@') = 0
        AND length(local) <= 64 AND local NOT GLOB '*[^a-z0-9._%+-]*'
        AND local NOT LIKE '.%' AND local NOT LIKE '%.' AND instr(local, '..') = 0
        AND domain NOT GLOB '*[^a-z0-9.-]*' AND instr(domain, '.') > 0
        AND instr('.' || domain || '.', '..') = 0
        AND instr('.' || domain || '.', '.-') = 0 AND instr('.' || domain || '.', '-.') = 0
    THEN address END
FROM (
    SELECT contact_id, place, piece, address,
        substr(address, 1, instr(address, '@') - 1) AS local, substr(address, instr(address, '@') + 1) AS domain
    FROM (
        SELECT contact_id, place, piece,
            CASE WHEN lower(substr(inner, 1, 7)) = 'mailto:' THEN lower(substr(inner, 8)) ELSE lower(inner) END AS address
        FROM (
            SELECT contact_id, place, piece,
                trim(CASE WHEN instr(behind, '>') > 0 THEN substr(behind, 1, instr(behind, '>') - 1) ELSE piece END) AS inner
            FROM (
                SELECT contact_id, place, piece,
                    CASE WHEN instr(piece, '<') > 0 THEN substr(piece, instr(piece, '<') + 1) ELSE '' END AS behind
                FROM v1_work_pieces
                WHERE field = 'email'
            )
        )
    )
);

INSERT INTO quarantine (contact_id, field, value, reason)
SELECT contact_id, 'email', piece, 'bad_email' FROM v1_work_emails WHERE address IS NULL ORDER BY contact_id, place;

-- Who carries an address, and who keeps it (rank 1).

CREATE TABLE v1_work_owners (contact_id INTEGER, address TEXT, place INTEGER, rank INTEGER);

INSERT INTO v1_work_owners (contact_id, address, place, rank)
SELECT contact_id, address, place,
    row_number() OVER (PARTITION BY address ORDER BY coalesce(created_at, '') DESC, contact_id)
FROM (
    SELECT contact_id, address, min(place) AS place FROM v1_work_emails WHERE address IS NOT NULL GROUP BY contact_id, address
) LEFT JOIN v1_work_created USING (contact_id);

INSERT INTO quarantine (contact_id, field, value, reason)
SELECT contact_id, 'email', address, 'duplicate_email' FROM v1_work_owners WHERE rank > 1 ORDER BY contact_id, place;

-- Phone numbers: what is left of a piece; then international, or the reason why there is no number.

CREATE TABLE v1_work_phones (contact_id INTEGER, place INTEGER, piece TEXT, number TEXT, reason TEXT);

INSERT INTO v1_work_phones (contact_id, place, piece, number, reason)
SELECT contact_id, place, piece, number,
    CASE
        WHEN number = 'no_country' THEN 'no_country'
        WHEN number IS NULL OR length(number) NOT BETWEEN 9 AND 16 OR number LIKE '+0%' THEN 'bad_phone'
    END
FROM (
    SELECT contact_id, place, piece,
        CASE
            WHEN ltrim(substr(dialled, 1, 1), '+') || substr(dialled, 2) IN ('') THEN NULL
            WHEN ltrim(substr(dialled, 1, 1), '+') || substr(dialled, 2) GLOB '*[^0-9]*' THEN NULL
            WHEN dialled LIKE '+%' THEN dialled
            WHEN dialled LIKE '00%' THEN '+' || substr(dialled, 3)
            WHEN code IS NULL THEN 'no_country'
            WHEN code = 'US' AND length(dialled) = 10 THEN prefix || dialled
            WHEN code = 'US' AND length(dialled) = 11 AND dialled LIKE '1%' THEN '+' || dialled
            WHEN code <> 'US' AND dialled LIKE '0%' THEN prefix || substr(dialled, 2)
        END AS number
    FROM (
        SELECT contact_id, place, piece,
            replace(replace(replace(replace(replace(replace(
                piece, '(0)', ''), ' ', ''), '-', ''), '.', ''), '(', ''), ')', '') AS dialled
        FROM v1_work_pieces
        WHERE field = 'phone'
    ) LEFT JOIN v1_work_country USING (contact_id)
);

INSERT INTO quarantine (contact_id, field, value, reason)
SELECT contact_id, 'phone', piece, reason FROM v1_work_phones WHERE reason IS NOT NULL ORDER BY contact_id, place;

-- Which contacts are people.

CREATE TABLE v1_work_people (id INTEGER PRIMARY KEY);

INSERT INTO v1_work_people
SELECT contact_id FROM v1_work_names WHERE given_name IS NOT NULL OR family_name IS NOT NULL
UNION SELECT contact_id FROM v1_work_owners WHERE rank = 1
UNION SELECT contact_id FROM v1_work_phones WHERE reason IS NULL;

INSERT INTO quarantine (contact_id, field, value, reason)
SELECT id, 'row', NULL, 'empty' FROM contacts WHERE id NOT IN (SELECT id FROM v1_work_people) ORDER BY id;

-- Companies of people: the key is the spelling without punctuation and legal form.

CREATE TABLE v1_work_companies (person_id INTEGER PRIMARY KEY, name TEXT, name_key TEXT);

INSERT INTO v1_work_companies (person_id, name, name_key)
SELECT person_id, name, name_key
FROM (
    SELECT person_id, name,
        CASE WHEN instr(words, ' ') > 0
                AND substr(words, length(rtrim(words, replace(words, ' ', ''))) + 1)
                    IN ('inc', 'ltd', 'llc', 'gmbh', 'ag', 'sa', 'bv', 'plc')
            THEN trim(rtrim(words, replace(words, ' ', '')))
            ELSE words
        END AS name_key
    FROM (
        SELECT contact_id AS person_id, value AS name,
            trim(replace(replace(replace(replace(replace(replace(replace(replace(replace(
                replace(replace(lower(value), '.', ''), ',', ''),
                '        ', ' '), '        ', ' '), '        ', ' '), '        ', ' '), '        ', ' '),
                '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')) AS words
        FROM v1_work_clean
        WHERE field = 'company' AND contact_id IN (SELECT id FROM v1_work_people)
    )
)
WHERE name_key <> '';

INSERT INTO companies (name, name_key)
SELECT name, name_key
FROM (
    SELECT name, name_key, least,
        row_number() OVER (PARTITION BY name_key ORDER BY people DESC, least) AS rank
    FROM (
        SELECT name, name_key, count(*) AS people, min(person_id) AS least
        FROM v1_work_companies GROUP BY name_key, name
    )
)
WHERE rank = 1
ORDER BY least;

-- The people and what is theirs.

INSERT INTO people (id, honorific, given_name, family_name, company_id, country, created_at, source)
SELECT c.id, n.honorific, n.given_name, n.family_name, k.id, l.code, t.created_at, c.source
FROM v1_work_people AS p
    JOIN contacts AS c ON c.id = p.id
    LEFT JOIN v1_work_names AS n ON n.contact_id = p.id
    LEFT JOIN v1_work_companies AS w ON w.person_id = p.id
    LEFT JOIN companies AS k ON k.name_key = w.name_key
    LEFT JOIN v1_work_country AS l ON l.contact_id = p.id
    LEFT JOIN v1_work_created AS t ON t.contact_id = p.id
ORDER BY c.id;

INSERT INTO emails (person_id, address, position)
SELECT contact_id, address, row_number() OVER (PARTITION BY contact_id ORDER BY place)
FROM v1_work_owners
WHERE rank = 1
ORDER BY contact_id, place;

INSERT INTO phones (person_id, number, position)
SELECT contact_id, number, row_number() OVER (PARTITION BY contact_id ORDER BY place)
FROM (SELECT contact_id, number, min(place) AS place FROM v1_work_phones WHERE reason IS NULL GROUP BY contact_id, number)
ORDER BY contact_id, place;

INSERT INTO person_tags (person_id, tag)
SELECT contact_id, tag
FROM (SELECT contact_id, lower(piece) AS tag, min(place) AS place FROM v1_work_pieces WHERE field = 'tag' GROUP BY contact_id, tag)
WHERE contact_id IN (SELECT id FROM v1_work_people)
ORDER BY contact_id, place;

-- People go on where the ids of contacts ended. On a second run contacts has no sequence.

DELETE FROM sqlite_sequence WHERE name = 'people' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'contacts');

INSERT INTO sqlite_sequence (name, seq) SELECT 'people', seq FROM sqlite_sequence WHERE name = 'contacts';

-- The directory, and the end of contacts with its indexes and triggers.

DROP VIEW IF EXISTS contact_directory;

DROP TABLE contacts;
DROP TABLE v1_work_companies;
DROP TABLE v1_work_people;
DROP TABLE v1_work_phones;
DROP TABLE v1_work_owners;
DROP TABLE v1_work_emails;
DROP TABLE v1_work_names;
DROP TABLE v1_work_created;
DROP TABLE v1_work_country;
DROP TABLE v1_work_countries;
DROP TABLE v1_work_pieces;
DROP TABLE v1_work_clean;

CREATE VIEW contact_directory AS
    SELECT
        p.id AS id,
        rtrim(nullif(
            coalesce(p.honorific || ' ', '') || coalesce(p.given_name || ' ', '') || coalesce(p.family_name, ''), ''
        )) AS name,
        (SELECT e.address FROM emails AS e WHERE e.person_id = p.id ORDER BY e.position LIMIT 1) AS email,
        (SELECT f.number FROM phones AS f WHERE f.person_id = p.id ORDER BY f.position LIMIT 1) AS phone,
        c.name AS company
    FROM people AS p LEFT JOIN companies AS c ON c.id = p.company_id;
