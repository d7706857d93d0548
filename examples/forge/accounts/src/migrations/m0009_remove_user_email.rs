//! Removes `User.email`.

modelshift::migration! {
    depends_on = ["accounts.0008_copy_email_addresses"];

    RemoveField(User: email);
}
// modelshift 1 270d51d732fc39ed
