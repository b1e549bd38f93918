-- awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
-- 002: split contacts into people, companies, emails, phones and tags; what does not fit goes to quarantine.
-- The rules stand in docs/split-contacts.md. Every row comes from `contacts`, which is gone after the first run:
-- a later run finds it empty and so changes nothing.

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

-- The way back.

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

INSERT INTO v1_contacts SELECT id, name, company, emails, phones, country, tags, created, source FROM contacts;
INSERT INTO v1_sequence
    SELECT seq FROM sqlite_sequence WHERE name = 'contacts' AND NOT EXISTS (SELECT 1 FROM v1_sequence);

-- The target.

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
    company_id  INTEGER REFERENCES companies (id),
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
    number    TEXT NOT NULL CHECK (number LIKE '+%'),
    position  INTEGER NOT NULL,
    UNIQUE (person_id, number)
);
CREATE INDEX IF NOT EXISTS phones_number ON phones (number);

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

-- Reference data of this migration.

CREATE TEMP TABLE v1_blank (value TEXT PRIMARY KEY);
INSERT INTO temp.v1_blank VALUES (''), ('-'), ('--'), ('?'), ('n/a'), ('na'), ('none'), ('null'), ('unknown');

CREATE TEMP TABLE v1_title (word TEXT PRIMARY KEY, honorific TEXT);
INSERT INTO temp.v1_title VALUES ('dr', 'Dr'), ('prof', 'Prof'), ('mr', 'Mr'), ('mrs', 'Mrs'), ('ms', 'Ms');

CREATE TEMP TABLE v1_form (word TEXT PRIMARY KEY);
INSERT INTO temp.v1_form VALUES ('inc'), ('ltd'), ('llc'), ('gmbh'), ('ag'), ('sa'), ('bv'), ('plc');

CREATE TEMP TABLE v1_country (spelling TEXT PRIMARY KEY, code TEXT);
INSERT INTO temp.v1_country VALUES
    ('de', 'DE'), ('deu', 'DE'), ('germany', 'DE'), ('deutschland', 'DE'),
    ('at', 'AT'), ('aut', 'AT'), ('austria', 'AT'), ('österreich', 'AT'), ('Österreich', 'AT'),
    ('ch', 'CH'), ('che', 'CH'), ('switzerland', 'CH'), ('schweiz', 'CH'),
    ('fr', 'FR'), ('fra', 'FR'), ('france', 'FR'),
    ('gb', 'GB'), ('uk', 'GB'), ('gbr', 'GB'), ('united kingdom', 'GB'),
    ('us', 'US'), ('usa', 'US'), ('united states', 'US'), ('u.s.', 'US');

CREATE TEMP TABLE v1_prefix (code TEXT PRIMARY KEY, prefix TEXT);
INSERT INTO temp.v1_prefix VALUES ('DE', '+49'), ('AT', '+43'), ('CH', '+41'), ('FR', '+33'), ('GB', '+44');

-- Every scalar and every piece of a list, clean; blank ones are left out.

CREATE TEMP TABLE v1_piece (contact_id INTEGER, field TEXT, rank INTEGER, value TEXT, PRIMARY KEY (contact_id, field, rank));

WITH RECURSIVE
listed (contact_id, field, rest) AS (
    SELECT id, 'name', name FROM contacts
    UNION ALL SELECT id, 'company', company FROM contacts
    UNION ALL SELECT id, 'country', country FROM contacts
    UNION ALL SELECT id, 'created', created FROM contacts
    UNION ALL SELECT id, 'email', emails FROM contacts
    UNION ALL SELECT id, 'phone', phones FROM contacts
    UNION ALL SELECT id, 'tag', tags FROM contacts
),
spaced AS (
    SELECT contact_id, field,
           replace(replace(replace(replace(CAST(rest AS TEXT), char(9), ' '), char(10), ' '), char(13), ' '), char(160), ' ') AS rest
    FROM listed
    WHERE rest IS NOT NULL
),
present AS (
    SELECT contact_id, field, rest FROM spaced
    WHERE lower(trim(rest)) NOT IN (SELECT value FROM temp.v1_blank)
),
marked AS (
    SELECT contact_id, field,
           CASE field
               WHEN 'email' THEN replace(replace(rest, ';', char(2)), ',', char(2))
               WHEN 'phone' THEN replace(replace(replace(rest, ';', char(2)), ',', char(2)), '/', char(2))
               WHEN 'tag' THEN replace(rest, ',', char(2))
               ELSE rest
           END AS rest
    FROM present
),
cut (contact_id, field, rank, piece, rest) AS (
    SELECT contact_id, field, 0, NULL,
           CASE WHEN field IN ('email', 'phone', 'tag') THEN replace(rest, '|', char(2)) ELSE rest END || char(2)
    FROM marked
    UNION ALL
    SELECT contact_id, field, rank + 1, substr(rest, 1, instr(rest, char(2)) - 1), substr(rest, instr(rest, char(2)) + 1)
    FROM cut
    WHERE rest <> ''
),
cleaned AS (
    SELECT contact_id, field, rank,
           trim(replace(replace(replace(piece, ' ', ' ' || char(1)), char(1) || ' ', ''), char(1), '')) AS value
    FROM cut
    WHERE rank > 0
)
INSERT INTO temp.v1_piece
    SELECT contact_id, field, rank, value FROM cleaned
    WHERE lower(value) NOT IN (SELECT value FROM temp.v1_blank);

-- Names.

CREATE TEMP TABLE v1_name (contact_id INTEGER PRIMARY KEY, honorific TEXT, given_name TEXT, family_name TEXT);

WITH RECURSIVE
titled AS (
    SELECT p.contact_id, t.honorific,
           CASE WHEN t.word IS NULL THEN p.value ELSE substr(p.value, instr(p.value, ' ') + 1) END AS rest
    FROM temp.v1_piece p
    LEFT JOIN temp.v1_title t
        ON instr(p.value, ' ') > 0
        AND t.word = CASE
            WHEN substr(p.value, instr(p.value, ' ') - 1, 1) = '.' THEN lower(substr(p.value, 1, instr(p.value, ' ') - 2))
            ELSE lower(substr(p.value, 1, instr(p.value, ' ') - 1))
        END
    WHERE p.field = 'name'
),
ended (contact_id, honorific, rest, tail) AS (
    SELECT contact_id, honorific, rest, rest FROM titled
    UNION ALL
    SELECT contact_id, honorific, rest, substr(tail, instr(tail, ' ') + 1) FROM ended WHERE instr(tail, ' ') > 0
)
INSERT INTO temp.v1_name
    SELECT contact_id, honorific,
           CASE WHEN instr(rest, ',') > 0 THEN nullif(trim(substr(rest, instr(rest, ',') + 1)), '')
                ELSE nullif(trim(substr(rest, 1, length(rest) - length(tail))), '') END,
           CASE WHEN instr(rest, ',') > 0 THEN nullif(trim(substr(rest, 1, instr(rest, ',') - 1)), '') ELSE tail END
    FROM ended
    WHERE instr(tail, ' ') = 0;

-- Countries and dates.

CREATE TEMP TABLE v1_fact (contact_id INTEGER PRIMARY KEY, country TEXT, created_at TEXT, company_key TEXT, spelling TEXT);
INSERT INTO temp.v1_fact (contact_id) SELECT id FROM contacts;

UPDATE temp.v1_fact AS f SET country = c.code
FROM temp.v1_piece p JOIN temp.v1_country c ON c.spelling = lower(p.value)
WHERE p.contact_id = f.contact_id AND p.field = 'country';

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT p.contact_id, 'country', p.value, 'unknown_country'
    FROM temp.v1_piece p JOIN temp.v1_fact f USING (contact_id)
    WHERE p.field = 'country' AND f.country IS NULL;

WITH
shaped AS (
    SELECT contact_id,
           CASE
               WHEN value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' THEN value || ' 00:00:00'
               WHEN rtrim(value, 'Z') GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9]'
                   AND length(value) <= 20 THEN substr(value, 1, 10) || ' ' || substr(value, 12, 8)
               WHEN value GLOB '[0-9][0-9].[0-9][0-9].[0-9][0-9][0-9][0-9]'
                   THEN substr(value, 7, 4) || '-' || substr(value, 4, 2) || '-' || substr(value, 1, 2) || ' 00:00:00'
               WHEN value GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'
                   THEN substr(value, 7, 4) || '-' || substr(value, 1, 2) || '-' || substr(value, 4, 2) || ' 00:00:00'
               WHEN value NOT GLOB '*[^0-9]*' AND length(value) IN (9, 10) THEN datetime(CAST(value AS INTEGER), 'unixepoch')
           END AS moment
    FROM temp.v1_piece
    WHERE field = 'created'
)
UPDATE temp.v1_fact AS f SET created_at = s.moment
FROM shaped s
WHERE s.contact_id = f.contact_id
  AND strftime('%Y-%m-%d %H:%M:%S', s.moment, '+0 seconds') = s.moment
  AND substr(s.moment, 12, 2) < '24';

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT p.contact_id, 'created', p.value, 'bad_date'
    FROM temp.v1_piece p JOIN temp.v1_fact f USING (contact_id)
    WHERE p.field = 'created' AND f.created_at IS NULL;

-- E-mail addresses.

CREATE TEMP TABLE v1_email (contact_id INTEGER, rank INTEGER, piece TEXT, address TEXT, valid INTEGER);

WITH
bared AS (
    SELECT contact_id, rank, value,
           CASE
               WHEN instr(value, '<') > 0 AND instr(substr(value, instr(value, '<') + 1), '>') > 0
                   THEN trim(substr(substr(value, instr(value, '<') + 1), 1, instr(substr(value, instr(value, '<') + 1), '>') - 1))
               ELSE value
           END AS bare
    FROM temp.v1_piece
    WHERE field = 'email'
),
lowered AS (
    SELECT contact_id, rank, value, lower(CASE WHEN lower(substr(bare, 1, 7)) = 'mailto:' THEN substr(bare, 8) ELSE bare END) AS address
    FROM bared
),
parted AS (
    SELECT *, substr(address, 1, instr(address, '@') - 1) AS local, substr(address, instr(address, '@') + 1) AS domain
    FROM lowered
)
INSERT INTO temp.v1_email
    SELECT contact_id, rank, value, address,
           instr(address, '@') > 0
           AND length(local) BETWEEN 1 AND 64
           AND local NOT GLOB '*[^-a-z0-9._%+]*'
           AND '.' || local || '.' NOT GLOB '*..*'
           AND domain NOT GLOB '*[^-a-z0-9.]*'
           AND instr(domain, '.') > 0
           AND '.' || domain || '.' NOT GLOB '*..*'
           AND '.' || domain || '.' NOT GLOB '*.-*'
           AND '.' || domain || '.' NOT GLOB '*-.*'
    FROM parted;

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT contact_id, 'email', piece, 'bad_email' FROM temp.v1_email WHERE NOT valid ORDER BY contact_id, rank;

CREATE TEMP TABLE v1_claim (contact_id INTEGER, rank INTEGER, address TEXT, kept INTEGER);
INSERT INTO temp.v1_claim
    SELECT c.contact_id, c.rank, c.address,
           row_number() OVER (PARTITION BY c.address ORDER BY coalesce(f.created_at, '') DESC, c.contact_id) = 1
    FROM (SELECT contact_id, min(rank) AS rank, address FROM temp.v1_email WHERE valid GROUP BY contact_id, address) c
    JOIN temp.v1_fact f USING (contact_id);

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT contact_id, 'email', address, 'duplicate_email' FROM temp.v1_claim WHERE NOT kept ORDER BY contact_id, rank;

-- Phone numbers.

CREATE TEMP TABLE v1_phone (contact_id INTEGER, rank INTEGER, piece TEXT, number TEXT, reason TEXT);

WITH
stripped AS (
    SELECT p.contact_id, p.rank, p.value, f.country,
           replace(replace(replace(replace(replace(replace(p.value, '(0)', ''), ' ', ''), '-', ''), '.', ''), '(', ''), ')', '') AS bare
    FROM temp.v1_piece p JOIN temp.v1_fact f USING (contact_id)
    WHERE p.field = 'phone'
),
signed AS (
    SELECT *, CASE WHEN bare GLOB '00*' THEN '+' || substr(bare, 3) ELSE bare END AS dialled,
           ltrim(substr(bare, 1, 1), '+') || substr(bare, 2) AS digits
    FROM stripped
),
routed AS (
    SELECT s.*,
           CASE
               WHEN digits = '' OR digits GLOB '*[^0-9]*' THEN NULL
               WHEN dialled GLOB '+*' THEN dialled
               WHEN s.country = 'US' AND length(dialled) = 10 THEN '+1' || dialled
               WHEN s.country = 'US' AND length(dialled) = 11 AND dialled GLOB '1*' THEN '+' || dialled
               WHEN dialled GLOB '0*' THEN x.prefix || substr(dialled, 2)
           END AS number
    FROM signed s LEFT JOIN temp.v1_prefix x ON x.code = s.country
)
INSERT INTO temp.v1_phone
    SELECT contact_id, rank, value, number,
           CASE
               WHEN digits = '' OR digits GLOB '*[^0-9]*' THEN 'bad_phone'
               WHEN dialled NOT GLOB '+*' AND country IS NULL THEN 'no_country'
               WHEN number IS NULL OR number NOT GLOB '+[1-9]*' OR length(number) NOT BETWEEN 9 AND 16 THEN 'bad_phone'
           END
    FROM routed;

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT contact_id, 'phone', piece, reason FROM temp.v1_phone WHERE reason IS NOT NULL ORDER BY contact_id, rank;

-- Who is a person?

CREATE TEMP TABLE v1_person (contact_id INTEGER PRIMARY KEY);
INSERT INTO temp.v1_person
    SELECT contact_id FROM temp.v1_name WHERE given_name IS NOT NULL OR family_name IS NOT NULL
    UNION SELECT contact_id FROM temp.v1_claim WHERE kept
    UNION SELECT contact_id FROM temp.v1_phone WHERE reason IS NULL;

INSERT INTO quarantine (contact_id, field, value, reason)
    SELECT id, 'row', NULL, 'empty' FROM contacts WHERE id NOT IN (SELECT contact_id FROM temp.v1_person) ORDER BY id;

-- Companies: the key is the last but one word on, if the last one is a legal form.

WITH RECURSIVE
keyed AS (
    SELECT contact_id, value,
           trim(replace(replace(replace(replace(replace(lower(value), '.', ''), ',', ''), ' ', ' ' || char(1)), char(1) || ' ', ''), char(1), '')) AS name_key
    FROM temp.v1_piece
    WHERE field = 'company'
),
ended (contact_id, value, name_key, tail) AS (
    SELECT contact_id, value, name_key, name_key FROM keyed WHERE name_key <> ''
    UNION ALL
    SELECT contact_id, value, name_key, substr(tail, instr(tail, ' ') + 1) FROM ended WHERE instr(tail, ' ') > 0
)
UPDATE temp.v1_fact AS f
SET spelling = e.value,
    company_key = CASE
        WHEN e.tail <> e.name_key AND e.tail IN (SELECT word FROM temp.v1_form)
            THEN substr(e.name_key, 1, length(e.name_key) - length(e.tail) - 1)
        ELSE e.name_key
    END
FROM ended e
WHERE e.contact_id = f.contact_id AND instr(e.tail, ' ') = 0;

INSERT INTO companies (name, name_key)
    SELECT spelling, company_key
    FROM (
        SELECT company_key, spelling,
               row_number() OVER (PARTITION BY company_key ORDER BY count(*) DESC, min(contact_id)) AS place
        FROM temp.v1_fact
        WHERE company_key IS NOT NULL AND contact_id IN (SELECT contact_id FROM temp.v1_person)
        GROUP BY company_key, spelling
    )
    WHERE place = 1
    ORDER BY company_key;

-- The rows.

INSERT INTO people (id, honorific, given_name, family_name, company_id, country, created_at, source)
    SELECT c.id, n.honorific, n.given_name, n.family_name, k.id, f.country, f.created_at, c.source
    FROM contacts c
    JOIN temp.v1_person p ON p.contact_id = c.id
    JOIN temp.v1_fact f ON f.contact_id = c.id
    LEFT JOIN temp.v1_name n ON n.contact_id = c.id
    LEFT JOIN companies k ON k.name_key = f.company_key
    ORDER BY c.id;

INSERT INTO emails (person_id, address, position)
    SELECT contact_id, address, row_number() OVER (PARTITION BY contact_id ORDER BY rank)
    FROM temp.v1_claim WHERE kept;

INSERT INTO phones (person_id, number, position)
    SELECT contact_id, number, row_number() OVER (PARTITION BY contact_id ORDER BY rank)
    FROM (SELECT contact_id, number, min(rank) AS rank FROM temp.v1_phone WHERE reason IS NULL GROUP BY contact_id, number);

INSERT INTO person_tags (person_id, tag)
    SELECT DISTINCT contact_id, lower(value) FROM temp.v1_piece
    WHERE field = 'tag' AND contact_id IN (SELECT contact_id FROM temp.v1_person);

-- The old table makes room for the new view.

DROP VIEW IF EXISTS contact_directory;
DROP TABLE contacts;

CREATE VIEW contact_directory AS
    SELECT p.id,
           nullif(trim(coalesce(p.honorific || ' ', '') || coalesce(p.given_name || ' ', '') || coalesce(p.family_name, '')), '') AS name,
           (SELECT e.address FROM emails e WHERE e.person_id = p.id ORDER BY e.position LIMIT 1) AS email,
           (SELECT t.number FROM phones t WHERE t.person_id = p.id ORDER BY t.position LIMIT 1) AS phone,
           c.name AS company
    FROM people p
    LEFT JOIN companies c ON c.id = p.company_id;

DROP TABLE temp.v1_blank;
DROP TABLE temp.v1_title;
DROP TABLE temp.v1_form;
DROP TABLE temp.v1_country;
DROP TABLE temp.v1_prefix;
DROP TABLE temp.v1_piece;
DROP TABLE temp.v1_name;
DROP TABLE temp.v1_fact;
DROP TABLE temp.v1_email;
DROP TABLE temp.v1_claim;
DROP TABLE temp.v1_phone;
DROP TABLE temp.v1_person;
