//! A decimal in the binary format of `numeric`: digits to the base of 10,000 (PostgreSQL's `numeric_send`).

const NEGATIVE: u16 = 0x4000;
const INFINITE: u16 = 0xd000;
const INFINITE_NEGATIVE: u16 = 0xf000;
const NAN: u16 = 0xc000;

/// The field's content.
pub(super) fn from_real(value: f64) -> Vec<u8> {
    if value.is_finite() {
        return from_text(&value.to_string());
    }
    let sign = match value {
        value if value.is_nan() => NAN,
        value if value > 0.0 => INFINITE,
        _ => INFINITE_NEGATIVE,
    };
    header(0, 0, sign, 0)
}

/// The same for digits with an optional sign and point: `-12.5`.
pub(super) fn from_text(text: &str) -> Vec<u8> {
    let (sign, digits) = text.strip_prefix('-').map_or((0, text), |digits| (NEGATIVE, digits));
    let (before, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = behind.len();
    // Groups of four, counted from the point.
    let (first, rest) = before.as_bytes().split_at(before.len() % 4);
    let whole = first.chunks(4).chain(rest.chunks(4)).map(group);
    let fraction = behind.as_bytes().chunks(4);
    let fraction = fraction.map(|digits| {
        let mut four = *b"0000";
        four[..digits.len()].copy_from_slice(digits);
        group(&four)
    });
    let mut all: Vec<i16> = Vec::with_capacity(before.len() / 4 + scale / 4 + 2);
    all.extend(whole.chain(fraction));
    let mut weight = i64::try_from(before.len().div_ceil(4)).unwrap_or(0) - 1;
    let leading = all.iter().take_while(|group| **group == 0).count();
    all.drain(..leading);
    weight -= i64::try_from(leading).unwrap_or(0);
    all.truncate(all.iter().rposition(|group| *group != 0).map_or(0, |last| last + 1));
    if all.is_empty() {
        return header(0, 0, 0, scale);
    }
    let mut field = header(all.len(), weight, sign, scale);
    for group in all {
        field.extend_from_slice(&group.to_be_bytes());
    }
    field
}

fn group(digits: &[u8]) -> i16 {
    digits.iter().fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0'))
}

fn header(groups: usize, weight: i64, sign: u16, scale: usize) -> Vec<u8> {
    let mut field = Vec::with_capacity(8 + groups * 2);
    field.extend_from_slice(&i16::try_from(groups).unwrap_or(i16::MAX).to_be_bytes());
    field.extend_from_slice(&i16::try_from(weight).unwrap_or_default().to_be_bytes());
    field.extend_from_slice(&sign.to_be_bytes());
    field.extend_from_slice(&u16::try_from(scale).unwrap_or(u16::MAX).to_be_bytes());
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_from_the_point() {
        let field = |groups: i16, weight: i16, sign: u16, scale: u16, digits: &[i16]| {
            let mut field =
                [groups.to_be_bytes(), weight.to_be_bytes(), sign.to_be_bytes(), scale.to_be_bytes()].concat();
            field.extend(digits.iter().flat_map(|digit| digit.to_be_bytes()));
            field
        };
        assert_eq!(from_text("0"), field(0, 0, 0, 0, &[]));
        assert_eq!(from_text("-12345.678"), field(3, 1, NEGATIVE, 3, &[1, 2345, 6780]));
        assert_eq!(from_text("0.00001"), field(1, -2, 0, 5, &[1000]));
        assert_eq!(from_text("100000000"), field(1, 2, 0, 0, &[1]));
        assert_eq!(from_real(0.99), field(1, -1, 0, 2, &[9900]));
    }
}
