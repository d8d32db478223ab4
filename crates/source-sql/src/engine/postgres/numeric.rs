//! `numeric`: digits to the base of 10,000, written as a decimal number in a string.

/// Writes a `numeric` with all the digits of its scale; `None` if the bytes are no `numeric`.
pub(super) fn write(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let word = |at: usize| bytes.get(at * 2..at * 2 + 2).map(|two| i16::from_be_bytes([two[0], two[1]]));
    let (weight, sign, scale) = (i64::from(word(1)?), word(2)?.cast_unsigned(), usize::try_from(word(3)?).ok()?);
    out.push(b'"');
    match sign {
        0xC000 => out.extend_from_slice(b"NaN"),
        0xD000 => out.extend_from_slice(b"Infinity"),
        0xF000 => out.extend_from_slice(b"-Infinity"),
        _ => {
            if sign == 0x4000 {
                out.push(b'-');
            }
            let count = usize::try_from(word(0)?).ok()?;
            let digits: Vec<i16> = (0..count).map(|at| word(4 + at)).collect::<Option<_>>()?;
            // The group of four digits that stands for 10,000 to the power of `power`.
            let group =
                |power: i64| usize::try_from(weight - power).ok().and_then(|at| digits.get(at)).copied().unwrap_or(0);
            write_whole(out, weight, group);
            write_fraction(out, scale, group);
        }
    }
    out.push(b'"');
    Some(())
}

fn write_whole(out: &mut Vec<u8>, weight: i64, group: impl Fn(i64) -> i16) {
    if weight < 0 {
        out.push(b'0');
        return;
    }
    out.extend_from_slice(group(weight).to_string().as_bytes());
    for power in (0..weight).rev() {
        out.extend_from_slice(format!("{:04}", group(power)).as_bytes());
    }
}

fn write_fraction(out: &mut Vec<u8>, scale: usize, group: impl Fn(i64) -> i16) {
    if scale == 0 {
        return;
    }
    out.push(b'.');
    let end = out.len() + scale;
    let mut power = -1;
    while out.len() < end {
        out.extend_from_slice(format!("{:04}", group(power)).as_bytes());
        power -= 1;
    }
    out.truncate(end);
}
