use seatline_domain::commands::{MakeDeviceCodeCommand, UseDeviceCodeCommand};
use seatline_domain::user::{DeviceCode, DeviceCodeHash, FormHash, SealedToken};

use super::side::Side;
use super::verdict::Verdict;

/// One of the codes that a user may have had; nobody else has it.
fn hash(user: usize, code: u8) -> DeviceCodeHash {
    DeviceCodeHash::new([u8::try_from(user).unwrap() * 8 + code; 32])
}

/// Makes a code.
pub(super) async fn make(side: &Side, user: usize, code: u8) -> Verdict {
    let command = MakeDeviceCodeCommand {
        user_id: side.user(user),
        hash: hash(user, code),
        sealed_token: SealedToken::new([code; 32]),
    };
    Verdict::of("make code", side.ports.device_codes.make(command).await, tell)
}

/// Uses a code.
pub(super) async fn use_up(side: &Side, user: usize, code: u8, form: u8) -> Verdict {
    let command = UseDeviceCodeCommand { hashes: vec![hash(user, code)], form: FormHash::new([form; 32]) };
    Verdict::of("use code", side.ports.device_codes.use_up(command).await, tell)
}

fn tell(code: &DeviceCode) -> String {
    format!("{} {:?} {:?}", code.user_id, code.hash.bytes().first(), code.used_by.map(|form| *form.bytes()))
}
