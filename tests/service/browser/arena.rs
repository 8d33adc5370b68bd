use serde_json::{Value, json};

/// A block of rows. A wing is turned towards the stage, around the corner in front that is nearest to the middle.
struct Block {
    name: &'static str,
    price: u32,
    rows: u32,
    seats: u32,
    front: f64,
    side: Side,
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Centre,
    Right,
}

/// Seats of a row in the middle.
const WIDTH: f64 = 40.0;
/// Between a wing and the middle.
const AISLE: f64 = 2.0;
const WING_TURN_DEGREES: f64 = 24.0;

/// The blocks of a hall around a stage, with so many rows in most of them.
fn blocks(rows: u32) -> [Block; 7] {
    let block = |name, price, rows, seats, front, side| Block { name, price, rows, seats, front, side };
    let floor_rows = rows * 2 / 3;
    let lower = f64::from(floor_rows) + 3.0;
    let upper = lower + f64::from(rows + 2) / WING_TURN_DEGREES.to_radians().cos();
    [
        block("Floor", 165_000, floor_rows, 40, 0.0, Side::Centre),
        block("Lower left", 132_000, rows, 20, lower, Side::Left),
        block("Lower centre", 132_000, rows, 40, lower, Side::Centre),
        block("Lower right", 132_000, rows, 20, lower, Side::Right),
        block("Upper left", 99_000, rows, 24, upper, Side::Left),
        block("Upper centre", 99_000, rows, 40, upper, Side::Centre),
        block("Upper right", 99_000, rows, 24, upper, Side::Right),
    ]
}

/// The sections of a hall around a stage, with so many rows in most of them: a hundred rows are about 20,000 seats.
pub(super) fn sections(rows: u32) -> Value {
    let turn = WING_TURN_DEGREES.to_radians();
    // What the wings need to the left and in front of the middle.
    let (left, top) = (24.0 + f64::from(rows) * turn.sin(), 2.0);
    let mut next = 1;
    let sections = blocks(rows).map(|block| {
        let turn = match block.side {
            Side::Left => turn,
            Side::Centre => 0.0,
            Side::Right => -turn,
        };
        let (sine, cosine) = turn.sin_cos();
        let reach = f64::from(block.seats - 1);
        let (x, y) = match block.side {
            Side::Left => (-AISLE - reach * cosine, block.front - reach * sine),
            Side::Centre => (0.0, block.front),
            Side::Right => (WIDTH - 1.0 + AISLE, block.front),
        };
        let rows: Vec<_> = (0..block.rows)
            .map(|row| {
                let back = f64::from(row);
                let first = next;
                next += block.seats;
                json!({
                    "label": (row + 1).to_string(), "firstSeat": first, "lastSeat": next - 1,
                    "x": rounded(left + x - back * sine), "y": rounded(top + y + back * cosine),
                    "dx": rounded(cosine), "dy": rounded(sine),
                })
            })
            .collect();
        json!({"name": block.name, "price": block.price, "rows": rows})
    });
    json!(sections)
}

/// Two decimals, as operators write them.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
