use diesel::sql_types::Timestamptz;
use seatline_domain::Timestamp;

use crate::statement::{row, statement};

row! {
    /// The time of a read, and its commit watermark: all that happened before it is seen by the statements that follow.
    ///
    /// The watermark is when the oldest batch of a waiting room's began that has rows of its own to commit; of all that
    /// instances do, only these change what a board tells, and only these go by the name `seatline`. What a batch does
    /// happens after it has its locks, so one that waits for a lock does not count. Nor does one that is so old that it
    /// must have stalled, lest it silence every board.
    CommitWatermarkRow as commit_watermark_columns {
        read_at: Timestamp => Timestamptz = "statement_timestamp()",
        complete_until: Timestamp => Timestamptz = "least(statement_timestamp(), (
             SELECT min(xact_start) FROM pg_stat_activity
             WHERE datname = current_database() AND application_name = 'seatline'
                   AND backend_xid IS NOT NULL AND wait_event_type IS DISTINCT FROM 'Lock'
                   AND xact_start > statement_timestamp() - INTERVAL '5 seconds'
         ))",
    }
}

statement! {
    /// Tells the time and the commit watermark.
    CommitWatermark {} -> CommitWatermarkRow;
    "SELECT ", commit_watermark_columns!()
}
