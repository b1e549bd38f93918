-- 001, back: nothing of the contact book is left.

DROP VIEW IF EXISTS contact_directory;
DROP TABLE IF EXISTS interactions;
DROP TABLE IF EXISTS contacts;
DROP TABLE IF EXISTS change_log;
