//! Takes the slashes away that urls of webhooks end in, each database in its own words. Written by hand.

modelshift::migration! {
    depends_on = ["code.0027_releaseasset_traffic"];

    RunSql {
        forward = {
            sqlite = "UPDATE code_webhook SET url = rtrim(url, '/')",
            postgres = "UPDATE code_webhook SET url = rtrim(url, '/')",
            mysql = "UPDATE code_webhook SET url = TRIM(TRAILING '/' FROM url)",
        },
        reverse = (),
    }
}
