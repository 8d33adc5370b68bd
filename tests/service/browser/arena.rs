use serde_json::{Value, json};

/// One block of rows: where its first seat is, and how the next row and the next seat are away from it.
struct Block {
    name: &'static str,
    price: u32,
    rows: u32,
    seats: u32,
    at: (f64, f64),
    /// Degrees by which its rows are turned.
    turn: f64,
}

/// The blocks of a hall around a stage, for so many rows in each.
fn blocks(rows: u32) -> [Block; 7] {
    let block = |name, price, rows, seats, at, turn| Block { name, price, rows, seats, at, turn };
    let depth = f64::from(rows);
    [
        block("Floor", 165_000, rows / 2, 40, (26.0, 2.0), 0.0),
        block("Lower left", 132_000, rows, 20, (2.0, 4.0), 24.0),
        block("Lower centre", 132_000, rows / 2, 40, (26.0, depth / 2.0 + 4.0), 0.0),
        block("Lower right", 132_000, rows, 20, (72.0, 12.1), -24.0),
        block("Upper left", 99_000, rows, 24, (0.0, depth + 8.0), 14.0),
        block("Upper centre", 99_000, rows, 40, (26.0, depth + 14.0), 0.0),
        block("Upper right", 99_000, rows, 24, (69.0, depth + 13.8), -14.0),
    ]
}

/// The sections of a hall around a stage with so many rows in each block.
pub(super) fn sections(rows: u32) -> Value {
    let mut first = 1;
    let sections = blocks(rows).map(|block| {
        let (sine, cosine) = block.turn.to_radians().sin_cos();
        let (left, top) = block.at;
        let rows: Vec<_> = (0..block.rows)
            .map(|row| {
                let back = f64::from(row);
                let (begin, last) = (first, first + block.seats - 1);
                first = last + 1;
                let (x, y) = (left - back * sine, top + back * cosine);
                json!({
                    "label": (row + 1).to_string(), "firstSeat": begin, "lastSeat": last,
                    "x": rounded(x + 40.0), "y": rounded(y), "dx": rounded(cosine), "dy": rounded(sine),
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
