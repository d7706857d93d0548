-- Rental of films: the tables that Sakila is known for.
CREATE TABLE actor (
    actor_id INTEGER PRIMARY KEY,
    first_name VARCHAR(45) NOT NULL,
    last_name VARCHAR(45) NOT NULL,
    last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_actor_last_name ON actor (last_name COLLATE NOCASE);
CREATE TABLE category (
    category_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(25) NOT NULL UNIQUE,
    parent_id INT REFERENCES category ON DELETE SET NULL
);
CREATE TABLE language (
    language_id SMALLINT NOT NULL PRIMARY KEY,
    name CHAR(20) NOT NULL COLLATE NOCASE
);
CREATE TABLE film (
    film_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    title VARCHAR(255) NOT NULL DEFAULT 'it''s',
    description BLOB SUB_TYPE TEXT,
    release_year VARCHAR(4),
    language_id SMALLINT NOT NULL,
    original_language_id SMALLINT,
    rental_duration SMALLINT DEFAULT 3 NOT NULL,
    rental_rate DECIMAL(4,2) DEFAULT 4.99 NOT NULL,
    length SMALLINT CHECK (length > 0),
    rating VARCHAR(10) DEFAULT 'G',
    active BOOLEAN NOT NULL DEFAULT TRUE,
    title_length INTEGER GENERATED ALWAYS AS (length(title)) VIRTUAL,
    anything,
    CONSTRAINT check_rating CHECK (rating IN ('G', 'PG', 'PG-13', 'R', 'NC-17')),
    CONSTRAINT fk_film_language FOREIGN KEY (language_id) REFERENCES language (language_id)
        ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (original_language_id) REFERENCES Language (language_id)
);
CREATE UNIQUE INDEX film_lower_title ON film (lower(title), release_year DESC) WHERE release_year IS NOT NULL;
CREATE TABLE film_actor (
    actor_id INTEGER NOT NULL REFERENCES actor,
    film_id INTEGER NOT NULL REFERENCES film (film_id) ON DELETE CASCADE,
    last_update TIMESTAMP NOT NULL,
    PRIMARY KEY (film_id, actor_id)
);
CREATE TABLE film_category (
    film_id INTEGER NOT NULL REFERENCES film (film_id),
    category_id INTEGER NOT NULL REFERENCES category (category_id),
    PRIMARY KEY (film_id, category_id)
);
CREATE TABLE role (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    actor_id INTEGER NOT NULL,
    film_id INTEGER NOT NULL,
    "type" VARCHAR(10) NOT NULL,
    FOREIGN KEY (film_id, actor_id) REFERENCES film_actor (film_id, actor_id) ON DELETE CASCADE,
    UNIQUE (actor_id, "type")
);
CREATE TABLE log (at TIMESTAMP NOT NULL, line TEXT);
CREATE VIEW film_list AS SELECT film_id, title FROM film;
CREATE TRIGGER film_log AFTER INSERT ON film BEGIN INSERT INTO log VALUES (CURRENT_TIMESTAMP, new.title); END;
