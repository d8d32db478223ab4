use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";
const MINUTE: Duration = Duration::from_mins(1);
const NOW: Timestamp = Timestamp::from_micros(1_795_496_400_000_000);

fn tokens(secrets: &[&str], algorithm: JwtAlgorithm) -> Tokens {
    let secrets = secrets.iter().map(|&secret| secret.into()).collect();
    Tokens::new(&TokenOptions { secrets, algorithm, issuer: "puente".into(), audience: "puente".into() }).unwrap()
}

fn claims() -> Value {
    json!({"iss": "puente", "aud": "puente", "sub": UserId::new(), "exp": NOW.as_secs() + 60, "nbf": NOW.as_secs(),
        "iat": NOW.as_secs(), "jti": Uuid::new_v4(), "fam": FamilyId::new()})
}

fn signed(algorithm: Algorithm, secret: &str, claims: &Value) -> String {
    jsonwebtoken::encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn without(mut claims: Value, field: &str) -> Value {
    claims.as_object_mut().unwrap().remove(field);
    claims
}

fn with(mut claims: Value, field: &str, value: Value) -> Value {
    claims[field] = value;
    claims
}

fn raw(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

#[test]
fn what_we_issue_we_know_again() {
    for algorithm in [JwtAlgorithm::Hs256, JwtAlgorithm::Hs384, JwtAlgorithm::Hs512] {
        let tokens = tokens(&[SECRET], algorithm);
        let (user, family) = (UserId::new(), FamilyId::new());
        let claims = tokens.verify(&tokens.issue(user, family, NOW, MINUTE), NOW).unwrap();
        assert_eq!((claims.sub, claims.fam), (user, family));
        assert_eq!(claims.exp, NOW.as_secs() + 60);
    }
}

#[test]
fn a_token_lives_as_long_as_it_says_and_a_minute() {
    let tokens = tokens(&[SECRET], JwtAlgorithm::Hs256);
    let token = tokens.issue(UserId::new(), FamilyId::new(), NOW, MINUTE);
    let second = Duration::from_secs(1);
    assert!(tokens.verify(&token, NOW + MINUTE * 2 - second).is_ok());
    assert_eq!(tokens.verify(&token, NOW + MINUTE * 2), Err(TokenError::Expired));
    assert!(tokens.verify(&token, NOW - MINUTE).is_ok());
    assert_eq!(tokens.verify(&token, NOW - MINUTE - second), Err(TokenError::Early));
}

#[test]
fn the_first_secret_signs_and_all_verify() {
    let old = tokens(&[OTHER], JwtAlgorithm::Hs256);
    let both = tokens(&[SECRET, OTHER], JwtAlgorithm::Hs256);
    let issue = |tokens: &Tokens| tokens.issue(UserId::new(), FamilyId::new(), NOW, MINUTE);
    assert!(both.verify(&issue(&old), NOW).is_ok());
    assert!(old.verify(&issue(&both), NOW).is_err());
}

#[test]
fn attacks_are_refused() {
    let tokens = tokens(&[SECRET], JwtAlgorithm::Hs256);
    let valid = signed(Algorithm::HS256, SECRET, &claims());
    assert!(tokens.verify(&valid, NOW).is_ok(), "the attacks below differ from a valid token in one thing");

    let (head, signature) = valid.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let elevated = BASE64_URL_SAFE_NO_PAD.encode(claims().to_string());
    let none = json!({"alg": "none", "typ": "JWT"});
    let table = [
        ("empty", String::new()),
        ("not three parts", "a.b".into()),
        ("no signature", format!("{head}.")),
        ("signature of another", format!("{header}.{elevated}.{signature}")),
        ("alg none", raw(&none, &claims(), "")),
        ("alg none with a signature", raw(&none, &claims(), signature)),
        ("alg NONE", raw(&json!({"alg": "NONE"}), &claims(), "")),
        ("another HMAC", signed(Algorithm::HS512, SECRET, &claims())),
        ("RSA header on an HMAC", raw(&json!({"alg": "RS256"}), &claims(), signature)),
        ("wrong secret", signed(Algorithm::HS256, OTHER, &claims())),
        ("wrong issuer", signed(Algorithm::HS256, SECRET, &with(claims(), "iss", json!("evil")))),
        ("no issuer", signed(Algorithm::HS256, SECRET, &without(claims(), "iss"))),
        ("no audience", signed(Algorithm::HS256, SECRET, &without(claims(), "aud"))),
        ("no expiry", signed(Algorithm::HS256, SECRET, &without(claims(), "exp"))),
        ("expiry as text", signed(Algorithm::HS256, SECRET, &with(claims(), "exp", json!("9999999999")))),
        ("no family", signed(Algorithm::HS256, SECRET, &without(claims(), "fam"))),
        ("subject that is no id", signed(Algorithm::HS256, SECRET, &with(claims(), "sub", json!("admin")))),
        ("trailing rubbish", format!("{valid}x")),
        ("a space before", format!(" {valid}")),
    ];
    for (attack, token) in table {
        assert_eq!(tokens.verify(&token, NOW), Err(TokenError::Invalid), "{attack}");
    }
}

#[test]
fn a_token_for_a_resource_is_for_nothing_else() {
    let tokens = tokens(&[SECRET], JwtAlgorithm::Hs256);
    let bound = Bound { audience: "puente-mcp:finance", client: "oc_1", scope: "mcp:read" };
    let token = tokens.issue_bound(UserId::new(), FamilyId::new(), bound, NOW, MINUTE);
    assert_eq!(tokens.verify(&token, NOW), Err(TokenError::Audience));
    let claims = tokens.verify_any(&token, NOW).unwrap();
    assert_eq!((claims.aud.as_str(), claims.client_id.as_deref()), ("puente-mcp:finance", Some("oc_1")));
    let other = signed(Algorithm::HS256, SECRET, &with(self::claims(), "aud", json!("other")));
    assert_eq!(tokens.verify(&other, NOW), Err(TokenError::Audience));
}

#[test]
fn weak_secrets_are_refused() {
    let options = |secrets: &[&str]| TokenOptions {
        secrets: secrets.iter().map(|&secret| secret.into()).collect(),
        algorithm: JwtAlgorithm::Hs256,
        issuer: "puente".into(),
        audience: "puente".into(),
    };
    assert_eq!(Tokens::new(&options(&[])).unwrap_err(), TokenError::NoSecret);
    assert_eq!(Tokens::new(&options(&[SECRET, "secret"])).unwrap_err(), TokenError::ShortSecret(2));
    assert_eq!("none".parse::<JwtAlgorithm>(), Err(UnknownAlgorithm("none".into())));
}
