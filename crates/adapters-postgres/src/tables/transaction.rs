use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

statement! {
    /// Begins a transaction.
    Begin {};
    "BEGIN"
}

statement! {
    /// Shortens this transaction's lock timeout.
    SetShortLockTimeout {};
    "SET LOCAL lock_timeout = '250ms'"
}

statement! {
    /// Shortens this transaction's lock timeout to a moment.
    SetBriefLockTimeout {};
    "SET LOCAL lock_timeout = '100ms'"
}

/// The wait of a batch for a row lock of somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockWait {
    /// As long as connections wait for locks.
    Long,
    /// Longer than others keep rows as a rule, for commands that can be run in another way.
    Short,
    /// A moment, for commands that have waited for it before.
    Brief,
}

/// Begins a transaction.
pub(super) async fn begin(lease: &Lease) -> Result<(), Failure> {
    lease.execute(Begin {}).await?;
    Ok(())
}

/// Bounds the waits for locks in the transaction that has begun.
pub(super) async fn bound_lock_waits(lease: &Lease, wait: LockWait) -> Result<(), Failure> {
    match wait {
        LockWait::Long => {}
        LockWait::Short => drop(lease.execute(SetShortLockTimeout {}).await?),
        LockWait::Brief => drop(lease.execute(SetBriefLockTimeout {}).await?),
    }
    Ok(())
}
