-- awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
CREATE TABLE users (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    email      TEXT NOT NULL,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL DEFAULT 'sales',
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE UNIQUE INDEX users_live ON users (email) WHERE deleted_at IS NULL;
CREATE VIEW live_users AS SELECT * FROM users WHERE deleted_at IS NULL;

CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    domain     TEXT NOT NULL,
    owner_id   INTEGER NOT NULL REFERENCES users (id),
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE INDEX accounts_owner ON accounts (owner_id);
CREATE UNIQUE INDEX accounts_live ON accounts (domain) WHERE deleted_at IS NULL;
CREATE VIEW live_accounts AS SELECT * FROM accounts WHERE deleted_at IS NULL;

CREATE TABLE contacts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    email      TEXT NOT NULL,
    phone      TEXT,
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE UNIQUE INDEX contacts_live ON contacts (account_id, email) WHERE deleted_at IS NULL;
CREATE VIEW live_contacts AS SELECT * FROM contacts WHERE deleted_at IS NULL;

CREATE TABLE products (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    sku         TEXT NOT NULL,
    name        TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE UNIQUE INDEX products_live ON products (sku) WHERE deleted_at IS NULL;
CREATE VIEW live_products AS SELECT * FROM products WHERE deleted_at IS NULL;

CREATE TABLE deals (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    number     TEXT NOT NULL,
    title      TEXT NOT NULL,
    stage      TEXT NOT NULL DEFAULT 'lead',
    owner_id   INTEGER NOT NULL REFERENCES users (id),
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE INDEX deals_account ON deals (account_id);
CREATE INDEX deals_owner ON deals (owner_id);
CREATE UNIQUE INDEX deals_live ON deals (number) WHERE deleted_at IS NULL;
CREATE VIEW live_deals AS SELECT * FROM deals WHERE deleted_at IS NULL;

CREATE TABLE line_items (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    deal_id     INTEGER NOT NULL REFERENCES deals (id) ON DELETE CASCADE,
    product_id  INTEGER NOT NULL REFERENCES products (id),
    quantity    INTEGER NOT NULL DEFAULT 1,
    price_cents INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE INDEX line_items_product ON line_items (product_id);
CREATE UNIQUE INDEX line_items_live ON line_items (deal_id, product_id) WHERE deleted_at IS NULL;
CREATE VIEW live_line_items AS SELECT * FROM line_items WHERE deleted_at IS NULL;

CREATE TABLE activities (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    contact_id INTEGER REFERENCES contacts (id) ON DELETE CASCADE,
    deal_id    INTEGER REFERENCES deals (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    done       INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE INDEX activities_account ON activities (account_id);
CREATE INDEX activities_contact ON activities (contact_id);
CREATE INDEX activities_deal ON activities (deal_id);
CREATE VIEW live_activities AS SELECT * FROM activities WHERE deleted_at IS NULL;

CREATE TABLE attachments (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    activity_id INTEGER NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
    filename    TEXT NOT NULL,
    size        INTEGER NOT NULL DEFAULT 0,
    created_at  TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE UNIQUE INDEX attachments_live ON attachments (activity_id, filename) WHERE deleted_at IS NULL;
CREATE VIEW live_attachments AS SELECT * FROM attachments WHERE deleted_at IS NULL;

CREATE TABLE tags (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL COLLATE NOCASE,
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    root_type  TEXT,
    root_id    INTEGER
);
CREATE UNIQUE INDEX tags_live ON tags (name) WHERE deleted_at IS NULL;
CREATE VIEW live_tags AS SELECT * FROM tags WHERE deleted_at IS NULL;

CREATE TABLE contact_tags (
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    tag_id     INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (contact_id, tag_id)
);
CREATE INDEX contact_tags_tag ON contact_tags (tag_id);

-- What happened, for the history of a row and for other programs.
CREATE TABLE events (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        TEXT NOT NULL,
    action    TEXT NOT NULL,
    entity    TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    changes   TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX events_row ON events (entity, entity_id);

CREATE TABLE webhooks (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    url          TEXT NOT NULL UNIQUE,
    entity       TEXT,
    acknowledged INTEGER NOT NULL,
    created_at   TEXT NOT NULL
);

-- The figures of each account that the dashboard adds up, kept by every write.
CREATE TABLE account_figures (
    account_id    INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    contacts      INTEGER NOT NULL,
    open_deals    INTEGER NOT NULL,
    open_cents    INTEGER NOT NULL,
    won_cents     INTEGER NOT NULL,
    todo          INTEGER NOT NULL,
    last_activity TEXT
);

CREATE TABLE lists (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
    entity     TEXT NOT NULL,
    conditions TEXT NOT NULL,
    created_at TEXT NOT NULL
);
