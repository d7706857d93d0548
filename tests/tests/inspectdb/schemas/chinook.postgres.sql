-- A shop of music: the tables that Chinook is known for.
CREATE TABLE artist (artist_id INT NOT NULL, name VARCHAR(120), CONSTRAINT pk_artist PRIMARY KEY (artist_id));
CREATE TABLE album (
    album_id INT NOT NULL,
    title VARCHAR(160) NOT NULL,
    artist_id INT NOT NULL,
    CONSTRAINT pk_album PRIMARY KEY (album_id),
    FOREIGN KEY (artist_id) REFERENCES artist (artist_id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE employee (
    employee_id INT NOT NULL,
    last_name VARCHAR(20) NOT NULL,
    first_name VARCHAR(20) NOT NULL,
    title VARCHAR(30),
    reports_to INT,
    birth_date TIMESTAMP,
    hire_date TIMESTAMP,
    email VARCHAR(60),
    CONSTRAINT pk_employee PRIMARY KEY (employee_id),
    FOREIGN KEY (reports_to) REFERENCES employee (employee_id)
);
CREATE TABLE customer (
    customer_id INT NOT NULL,
    first_name VARCHAR(40) NOT NULL,
    email VARCHAR(60) NOT NULL,
    support_rep_id INT,
    CONSTRAINT pk_customer PRIMARY KEY (customer_id),
    FOREIGN KEY (support_rep_id) REFERENCES employee (employee_id)
);
CREATE TABLE genre (genre_id INT NOT NULL, name VARCHAR(120), CONSTRAINT pk_genre PRIMARY KEY (genre_id));
CREATE TABLE media_type (media_type_id INT NOT NULL, name VARCHAR(120), CONSTRAINT pk_media_type PRIMARY KEY (media_type_id));
CREATE TABLE track (
    track_id INT NOT NULL,
    name VARCHAR(200) NOT NULL,
    album_id INT,
    media_type_id INT NOT NULL,
    genre_id INT,
    composer VARCHAR(220),
    milliseconds INT NOT NULL,
    bytes INT,
    unit_price NUMERIC(10,2) NOT NULL,
    CONSTRAINT pk_track PRIMARY KEY (track_id),
    FOREIGN KEY (album_id) REFERENCES album (album_id),
    FOREIGN KEY (genre_id) REFERENCES genre (genre_id),
    FOREIGN KEY (media_type_id) REFERENCES media_type (media_type_id)
);
CREATE TABLE invoice (
    invoice_id INT NOT NULL,
    customer_id INT NOT NULL,
    invoice_date TIMESTAMP NOT NULL,
    total NUMERIC(10,2) NOT NULL,
    CONSTRAINT pk_invoice PRIMARY KEY (invoice_id),
    FOREIGN KEY (customer_id) REFERENCES customer (customer_id)
);
CREATE TABLE invoice_line (
    invoice_line_id INT NOT NULL,
    invoice_id INT NOT NULL,
    track_id INT NOT NULL,
    unit_price NUMERIC(10,2) NOT NULL,
    quantity INT NOT NULL,
    CONSTRAINT pk_invoice_line PRIMARY KEY (invoice_line_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (invoice_id),
    FOREIGN KEY (track_id) REFERENCES track (track_id)
);
CREATE TABLE playlist (playlist_id INT NOT NULL, name VARCHAR(120), CONSTRAINT pk_playlist PRIMARY KEY (playlist_id));
CREATE TABLE playlist_track (
    playlist_id INT NOT NULL,
    track_id INT NOT NULL,
    CONSTRAINT pk_playlist_track PRIMARY KEY (playlist_id, track_id),
    FOREIGN KEY (playlist_id) REFERENCES playlist (playlist_id),
    FOREIGN KEY (track_id) REFERENCES track (track_id)
);
CREATE INDEX ifk_album_artist_id ON album (artist_id);
CREATE INDEX ifk_customer_support_rep_id ON customer (support_rep_id);
CREATE INDEX ifk_employee_reports_to ON employee (reports_to);
CREATE INDEX ifk_invoice_customer_id ON invoice (customer_id);
CREATE INDEX ifk_invoice_line_invoice_id ON invoice_line (invoice_id);
CREATE INDEX ifk_invoice_line_track_id ON invoice_line (track_id);
CREATE INDEX ifk_playlist_track_track_id ON playlist_track (track_id);
CREATE INDEX ifk_track_album_id ON track (album_id);
