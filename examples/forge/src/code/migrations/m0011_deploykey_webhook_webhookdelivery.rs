//! Starts `DeployKey`, `Webhook`, and `WebhookDelivery`.

modelshift::migration! {
    depends_on = ["code.0010_collaborator"];

    CreateModel {
        struct DeployKey {
            id: i64,
            #[field(on_delete = cascade, related_name = "deploy_keys")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 100)]
            title: String,
            public_key: String,
            #[field(default = false)]
            can_write: bool,
        }
    }
    CreateModel {
        struct Webhook {
            id: i64,
            #[field(on_delete = cascade, related_name = "webhooks")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 500)]
            url: String,
            #[field(max_length = 100, default = "")]
            secret: String,
            events: JsonValue,
            #[field(default = true)]
            is_active: bool,
        }
    }
    CreateModel {
        #[model(
            index(name = "code_webhook_delivery_webhook_id_at_434245_idx", fields(webhook, -at)),
        )]
        struct WebhookDelivery {
            id: i64,
            #[field(on_delete = cascade, related_name = "deliveries")]
            webhook: ForeignKey<Webhook>,
            request: JsonValue,
            status: Option<i16>,
            #[field(default = now())]
            at: DateTime<Utc>,
        }
    }
}
// modelshift 1 c2fda1c4523b7220
