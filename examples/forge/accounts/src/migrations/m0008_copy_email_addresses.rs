//! Copies `User.email` into `EmailAddress`, and back. Written by hand: only a person knows that they are the same.

modelshift::migration! {
    depends_on = ["accounts.0007_emailaddress_alter_user_email"];

    RunSql {
        forward = r#"
            INSERT INTO accounts_email_address (user_id, address, is_verified, is_primary)
            SELECT id, email, TRUE, TRUE FROM accounts_user WHERE email IS NOT NULL
        "#,
        reverse = r#"
            UPDATE accounts_user SET email = (
                SELECT address FROM accounts_email_address WHERE user_id = accounts_user.id AND is_primary
            )
        "#
    }
}
