use super::*;

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn vault(keys: &[&str]) -> Vault {
    let keys: Vec<SecretString> = keys.iter().map(|&key| key.into()).collect();
    Vault::new(&keys).unwrap()
}

#[test]
fn what_is_sealed_opens_in_its_context_only() {
    let vault = vault(&[HEX]);
    for plain in [&b""[..], b"x", &[7; 10_000]] {
        let sealed = vault.seal("secret:a", plain);
        assert_eq!(vault.open("secret:a", &sealed).as_deref(), Some(plain));
        assert_eq!(vault.open("secret:b", &sealed), None);
    }
}

#[test]
fn every_changed_byte_and_every_cut_is_noticed() {
    let vault = vault(&[HEX]);
    let sealed = vault.seal("c", b"plain");
    for index in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[index] ^= 1;
        assert_eq!(vault.open("c", &changed), None, "byte {index}");
        assert_eq!(vault.open("c", &sealed[..index]), None, "cut at {index}");
    }
}

#[test]
fn the_same_text_is_never_sealed_alike() {
    let vault = vault(&[HEX]);
    assert_ne!(vault.seal("c", b"plain"), vault.seal("c", b"plain"));
}

#[test]
fn the_first_key_seals_and_all_open() {
    let old = vault(&["an old passphrase of enough length"]);
    let both = vault(&[HEX, "an old passphrase of enough length"]);
    let sealed = old.seal("c", b"plain");
    assert_eq!(both.open("c", &sealed).as_deref(), Some(&b"plain"[..]));
    assert_eq!(Vault::key_id_of(&sealed), Some(old.fingerprint()));
    assert!(both.has_key(&old.fingerprint()));
    assert_eq!(Vault::key_id_of(&both.seal("c", b"plain")), Some(both.fingerprint()));
    assert_eq!(old.open("c", &both.seal("c", b"plain")), None);
}

#[test]
fn a_key_is_the_same_however_it_is_written() {
    let expected = vault(&[HEX]).fingerprint();
    for text in [BASE64, BASE64.trim_end_matches('='), &HEX.to_uppercase(), &format!("{HEX}\n")] {
        assert_eq!(vault(&[text]).fingerprint(), expected, "{text:?}");
    }
}

#[test]
fn weak_keys_are_refused_without_showing_them() {
    assert!(matches!(Vault::new(&[]), Err(VaultError::NoKey)));
    let error = Vault::new(&[HEX.into(), "hunter2".into()]).unwrap_err();
    assert!(matches!(error, VaultError::TooShort(2)));
    assert!(!error.to_string().contains("hunter2"));
}
