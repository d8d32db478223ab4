//! Arrays: JSON arrays, nested as deep as there are dimensions.

use super::decode::Decoder;

/// Writes an array; `None` if the bytes are no array of such elements.
pub(super) fn write(out: &mut Vec<u8>, bytes: &[u8], element: &Decoder) -> Option<()> {
    let mut rest = bytes;
    let dimensions = take(&mut rest)?;
    let (_has_nulls, _element_oid) = (take(&mut rest)?, take(&mut rest)?);
    let mut lengths = Vec::new();
    for _ in 0..dimensions {
        lengths.push(usize::try_from(take(&mut rest)?).ok()?);
        let _lower_bound = take(&mut rest)?;
    }
    if lengths.is_empty() {
        out.extend_from_slice(b"[]");
        return Some(());
    }
    write_dimension(out, &mut rest, &lengths, element)
}

fn write_dimension(out: &mut Vec<u8>, rest: &mut &[u8], lengths: &[usize], element: &Decoder) -> Option<()> {
    let Some((&length, inner)) = lengths.split_first() else {
        return write_element(out, rest, element);
    };
    out.push(b'[');
    for at in 0..length {
        if at > 0 {
            out.push(b',');
        }
        write_dimension(out, rest, inner, element)?;
    }
    out.push(b']');
    Some(())
}

fn write_element(out: &mut Vec<u8>, rest: &mut &[u8], element: &Decoder) -> Option<()> {
    // A length of −1 is NULL.
    let Ok(length) = usize::try_from(take(rest)?) else {
        out.extend_from_slice(b"null");
        return Some(());
    };
    let (value, after) = rest.split_at_checked(length)?;
    *rest = after;
    element.write(out, value)
}

fn take(rest: &mut &[u8]) -> Option<i32> {
    let (head, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(i32::from_be_bytes(*head))
}
