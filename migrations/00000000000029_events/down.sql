DROP TABLE deliveries;
DROP TABLE event_feed;
DROP TABLE events;
DROP TABLE outbox;
DROP TABLE webhook_leases;
DROP TABLE webhooks;
