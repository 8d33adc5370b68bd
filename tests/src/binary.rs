/// The `seatline` binary.
pub struct Binary;
/// The binary, serving.
pub struct Running;
