//! Ranked full-text search: an inverted index in memory, BM25 over weighted fields.

use std::collections::HashMap;

use super::words::words;

/// How much a word counts, by where it is.
const NAME: f32 = 3.0;
const TITLE: f32 = 3.0;
/// The first sentence of a description, which mostly says what a tool is for.
const LEAD: f32 = 3.0;
const PARAMETER: f32 = 1.5;
const DESCRIPTION: f32 = 1.0;
const EXPLANATION: f32 = 0.5;
/// How many words of a description count; some go on for pages.
const MAX_WORDS: usize = 400;
/// How many words of a query count.
const MAX_ASKED: usize = 32;
/// How soon repetition counts less, and how much long documents are held back.
const SATURATION: f32 = 1.2;
const BREVITY: f32 = 0.25;
/// How much a word counts that is only alike.
const ALIKE: f32 = 0.8;
/// How long the beginning must be that words share to be alike.
const SHORTEST: usize = 3;

/// What is known about a tool.
pub(super) struct Document<'a> {
    pub(super) name: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// With their explanations.
    pub(super) parameters: Vec<(&'a str, &'a str)>,
}

/// Places of documents that have a word, and how much it counts in each.
type Postings = Vec<(usize, f32)>;

/// Documents by their words.
pub(super) struct Index {
    /// Sorted.
    terms: Vec<(Box<str>, Postings)>,
    /// How much all words of a document count, in relation to the average.
    lengths: Vec<f32>,
}

impl Index {
    pub(super) fn new<'a>(documents: impl Iterator<Item = Document<'a>>) -> Self {
        let mut terms: HashMap<String, Postings> = HashMap::new();
        let mut lengths = Vec::new();
        for (place, document) in documents.enumerate() {
            let counted = document.counted();
            lengths.push(counted.values().sum::<f32>());
            for (word, weight) in counted {
                terms.entry(word).or_default().push((place, weight));
            }
        }
        let average = lengths.iter().sum::<f32>() / float(lengths.len()).max(1.0);
        for length in &mut lengths {
            *length /= average.max(f32::EPSILON);
        }
        let mut terms: Vec<_> = terms.into_iter().map(|(word, found)| (word.into_boxed_str(), found)).collect();
        terms.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Self { terms, lengths }
    }

    /// The places of documents that have any of the words, the best first; equals in their order.
    pub(super) fn search(&self, query: &str) -> Vec<usize> {
        let mut asked: Vec<String> = words(query).take(MAX_ASKED).collect();
        asked.sort_unstable();
        asked.dedup();
        let mut scores = vec![(0.0_f32, 0_usize); self.lengths.len()];
        for word in &asked {
            for (score, best) in scores.iter_mut().zip(self.rate(word)).filter(|(_, best)| *best > 0.0) {
                *score = (score.0 + best, score.1 + 1);
            }
        }
        // Who has more of the words comes first, roughly.
        let mut found: Vec<(f32, usize)> = scores
            .into_iter()
            .enumerate()
            .filter(|(_, (_, met))| *met > 0)
            .map(|(place, (score, met))| (score * float(met) / float(asked.len()), place))
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        found.into_iter().map(|(_, place)| place).collect()
    }

    /// How well each document fits a word: by the word itself, or the one in it that is most alike.
    fn rate(&self, word: &str) -> Vec<f32> {
        let mut best = vec![0.0_f32; self.lengths.len()];
        for (found, likeness) in self.alike(word) {
            let (all, having) = (float(self.lengths.len()), float(found.len()));
            let rarity = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
            for (place, weight) in found {
                let held_back = SATURATION * (1.0 - BREVITY + BREVITY * self.lengths[*place]);
                let score = likeness * rarity * weight * (SATURATION + 1.0) / (weight + held_back);
                best[*place] = best[*place].max(score);
            }
        }
        best
    }

    /// The word, longer ones that begin with it, and shorter ones that it begins with; each with how alike it is.
    fn alike(&self, word: &str) -> impl Iterator<Item = (&[(usize, f32)], f32)> {
        let start = self.terms.partition_point(|(term, _)| **term < *word);
        let longer = self.terms[start..].iter().take_while(move |(term, _)| term.starts_with(word));
        let longer = longer.filter(move |(term, _)| term.len() == word.len() || word.len() >= SHORTEST);
        let beginnings = word.char_indices().map(|(end, _)| &word[..end]).filter(|head| head.len() > SHORTEST);
        let shorter = beginnings.filter_map(|head| {
            let place = self.terms.binary_search_by(|(term, _)| (**term).cmp(head)).ok()?;
            Some(&self.terms[place])
        });
        longer.chain(shorter).map(move |(term, found)| {
            let (short, long) = (term.len().min(word.len()), term.len().max(word.len()));
            let likeness = if short == long { 1.0 } else { ALIKE * float(short) / float(long) };
            (found.as_slice(), likeness)
        })
    }
}

impl Document<'_> {
    /// Its words, and how much each counts.
    fn counted(&self) -> HashMap<String, f32> {
        let mut counted = HashMap::new();
        let mut count = |text: &str, weight: f32| {
            for word in words(text).take(MAX_WORDS) {
                *counted.entry(word).or_default() += weight;
            }
        };
        count(self.name, NAME);
        count(self.title, TITLE);
        let (lead, rest) = lead(self.description);
        count(lead, LEAD);
        count(rest, DESCRIPTION);
        for (name, explanation) in &self.parameters {
            count(name, PARAMETER);
            count(explanation, EXPLANATION);
        }
        counted
    }
}

/// The first sentence or line of a text, and what follows.
fn lead(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let ends = |(at, c): &(usize, char)| {
        *c == '\n' || matches!(c, '.' | '!' | '?') && text[at + 1..].starts_with(char::is_whitespace)
    };
    text.split_at(text.char_indices().find(ends).map_or(text.len(), |(at, _)| at))
}

/// Large enough for what is counted here.
fn float(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests;
