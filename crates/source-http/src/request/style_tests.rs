//! The table "Style Examples" of OpenAPI 3.1.

use serde_json::{Map, Value, json};

use super::*;
use crate::settings::Place;

fn parameter(place: Place, style: Style, explode: bool) -> Parameter {
    Parameter {
        argument: "color".to_owned(),
        place,
        name: "color".to_owned(),
        required: true,
        default: None,
        fixed: None,
        hidden: false,
        style,
        explode,
        allow_reserved: false,
        content_type: None,
        file: false,
        schema: Map::new(),
    }
}

fn values() -> [Value; 3] {
    [json!("blue"), json!(["blue", "black", "brown"]), json!({"R": 100, "G": 200, "B": 150})]
}

#[test]
fn paths_are_written_as_the_specification_says() {
    let table = [
        (Style::Matrix, false, [";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"]),
        (Style::Matrix, true, [";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"]),
        (Style::Label, false, [".blue", ".blue,black,brown", ".R,100,G,200,B,150"]),
        (Style::Label, true, [".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
        (Style::Simple, false, ["blue", "blue,black,brown", "R,100,G,200,B,150"]),
        (Style::Simple, true, ["blue", "blue,black,brown", "R=100,G=200,B=150"]),
    ];
    for (style, explode, expected) in table {
        for (value, expected) in values().iter().zip(expected) {
            assert_eq!(path(&parameter(Place::Path, style, explode), value).unwrap(), expected, "{style:?} {explode}");
        }
    }
    assert!(path(&parameter(Place::Path, Style::Simple, false), &json!("")).is_err());
    assert_eq!(path(&parameter(Place::Path, Style::Simple, false), &json!("a/b?c")).unwrap(), "a%2Fb%3Fc");
}

#[test]
fn queries_are_written_as_the_specification_says() {
    let table = [
        (Style::Form, false, ["color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"]),
        (Style::Form, true, ["color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"]),
        (
            Style::SpaceDelimited,
            false,
            ["color=blue", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"],
        ),
        (
            Style::PipeDelimited,
            false,
            ["color=blue", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"],
        ),
    ];
    for (style, explode, expected) in table {
        for (value, expected) in values().iter().zip(expected) {
            let pairs = query(&parameter(Place::Query, style, explode), value);
            assert_eq!(pairs.join("&"), expected, "{style:?} {explode}");
        }
    }
    let deep = query(&parameter(Place::Query, Style::DeepObject, true), &json!({"R": 1, "in": {"a": [2, 3]}}));
    assert_eq!(deep, ["color%5BR%5D=1", "color%5Bin%5D%5Ba%5D=2", "color%5Bin%5D%5Ba%5D=3"]);
}

#[test]
fn reserved_characters_stay_where_they_are_allowed() {
    let mut reserved = parameter(Place::Query, Style::Form, true);
    assert_eq!(query(&reserved, &json!("a/b&c")), ["color=a%2Fb%26c"]);
    reserved.allow_reserved = true;
    assert_eq!(query(&reserved, &json!("a/b&c")), ["color=a/b%26c"]);
}

#[test]
fn a_value_with_a_media_type_is_written_as_json() {
    let mut filter = parameter(Place::Query, Style::Form, true);
    filter.content_type = Some("application/json".to_owned());
    assert_eq!(query(&filter, &json!({"a": [1]})), ["color=%7B%22a%22%3A%5B1%5D%7D"]);
}
