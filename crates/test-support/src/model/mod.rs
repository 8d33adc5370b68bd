//! Random sequences of operations on two implementations, which must answer and end alike.
