//! The index as one search sees it: opened columns and dictionaries that do not change under it.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use shopclerk_domain::ids::ProductId;
use tantivy::columnar::Column;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::SegmentPostings;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocId, DocSet, InvertedIndexReader, Searcher, SegmentReader, TERMINATED, TantivyDocument,
    TantivyError, Term,
};

use crate::nearness::Vocabulary;
use crate::schema::Fields;

/// A committed state of the index.
pub(crate) struct Snapshot {
    searcher: Searcher,
    /// Its fields.
    pub(crate) fields: Fields,
    /// Its segments.
    pub(crate) parts: Vec<Part>,
    lanes: Vec<Lane>,
    vocabulary: OnceLock<Vocabulary>,
}

/// One segment, opened.
pub(crate) struct Part {
    /// Number of its first document among those of all segments.
    pub(crate) base: usize,
    reader: SegmentReader,
    ids: Column<u64>,
    lows: Column<i64>,
    highs: Column<i64>,
    sizes: Column<u64>,
}

/// One field of all segments, for scoring.
pub(crate) struct Lane {
    field: Field,
    /// Mean number of words.
    pub(crate) mean: f32,
    segments: Vec<(Arc<InvertedIndexReader>, Option<FieldNormReader>)>,
}

impl Snapshot {
    /// Opens the columns of `searcher`.
    pub(crate) fn new(searcher: Searcher, fields: Fields) -> Result<Self, TantivyError> {
        let mut parts = Vec::with_capacity(searcher.segment_readers().len());
        let mut base = 0;
        for reader in searcher.segment_readers() {
            let columns = reader.fast_fields();
            parts.push(Part {
                base,
                ids: columns.u64("id")?,
                lows: columns.i64("low")?,
                highs: columns.i64("high")?,
                sizes: columns.u64("size")?,
                reader: reader.clone(),
            });
            base += reader.max_doc() as usize;
        }
        let fields_scored = fields.scored();
        let lanes =
            fields_scored.map(|field| Lane::open(field, &parts)).into_iter().collect::<Result<_, _>>()?;
        Ok(Self { searcher, fields, parts, lanes, vocabulary: OnceLock::new() })
    }

    /// An opened field, if it is one of those that are scored.
    pub(crate) fn lane(&self, field: Field) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.field == field)
    }

    /// How many products it holds.
    pub(crate) fn len(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// How many document numbers there are, removed ones included.
    pub(crate) fn slots(&self) -> usize {
        self.parts.iter().map(|part| part.reader.max_doc() as usize).sum()
    }

    /// The segment of a document and its number there.
    fn place(&self, slot: usize) -> Option<(&Part, DocId)> {
        let part = self.parts.iter().rev().find(|part| part.base <= slot)?;
        Some((part, DocId::try_from(slot - part.base).ok()?))
    }

    /// The product of a document.
    pub(crate) fn product(&self, slot: usize) -> Option<ProductId> {
        let (part, doc) = self.place(slot)?;
        part.ids.first(doc).map(ProductId::new)
    }

    /// The lowest and the highest price of a document.
    pub(crate) fn prices(&self, slot: usize) -> Option<(i64, i64)> {
        let (part, doc) = self.place(slot)?;
        Some((part.lows.first(doc)?, part.highs.first(doc)?))
    }

    /// How many words the title of a document has; a title without words is never covered.
    pub(crate) fn title_size(&self, slot: usize) -> u32 {
        let size = self.place(slot).and_then(|(part, doc)| part.sizes.first(doc));
        size.and_then(|size| u32::try_from(size).ok()).filter(|size| *size > 0).unwrap_or(u32::MAX)
    }

    /// In how many documents `word` stands in `field`; removed ones may still count.
    pub(crate) fn frequency(&self, field: Field, word: &str) -> Result<u32, TantivyError> {
        let term = Term::from_field_text(field, word);
        let mut sum = 0;
        for part in &self.parts {
            sum += part.reader.inverted_index(field)?.doc_freq(&term)?;
        }
        Ok(sum)
    }

    /// What misspelled words are compared with; gathered at the first need.
    pub(crate) fn vocabulary(&self) -> Result<&Vocabulary, TantivyError> {
        if let Some(vocabulary) = self.vocabulary.get() {
            return Ok(vocabulary);
        }
        let mut all = BTreeSet::new();
        for part in &self.parts {
            let words = part.reader.inverted_index(self.fields.known)?;
            let mut stream = words.terms().stream()?;
            while stream.advance() {
                if let Ok(word) = std::str::from_utf8(stream.key()) {
                    all.insert(word.to_owned());
                }
            }
        }
        Ok(self.vocabulary.get_or_init(|| Vocabulary::new(&all)))
    }

    /// Title, type and labels of a product, one per line.
    pub(crate) fn about(&self, product: ProductId) -> Result<Option<String>, TantivyError> {
        let term = Term::from_field_u64(self.fields.id, product.number());
        for (ordinal, part) in (0_u32..).zip(&self.parts) {
            let mut found = None;
            part.each(self.fields.id, &term, |doc, _| found = Some(doc))?;
            if let Some(doc) = found {
                let doc: TantivyDocument = self.searcher.doc(DocAddress::new(ordinal, doc))?;
                let about =
                    doc.get_first(self.fields.about).and_then(|value| value.as_str().map(str::to_owned));
                return Ok(about);
            }
        }
        Ok(None)
    }

    /// Identity of the state, for telling one commit from the next.
    pub(crate) fn segments(&self) -> Vec<SegmentId> {
        self.parts.iter().map(|part| part.reader.segment_id()).collect()
    }
}

impl Part {
    /// Calls `found` for each living document in which `term` stands in `field`.
    pub(crate) fn each(
        &self,
        field: Field,
        term: &Term,
        mut found: impl FnMut(DocId, u32),
    ) -> Result<(), TantivyError> {
        let words = self.reader.inverted_index(field)?;
        if let Some(mut postings) = words.read_postings(term, IndexRecordOption::Basic)? {
            self.walk(&mut postings, |postings| found(postings.doc(), 1));
        }
        Ok(())
    }

    /// Calls `found` at each living document of `postings`.
    pub(crate) fn walk(&self, postings: &mut SegmentPostings, mut found: impl FnMut(&mut SegmentPostings)) {
        let alive = self.reader.alive_bitset();
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                found(postings);
            }
            doc = postings.advance();
        }
    }

    /// All living documents.
    pub(crate) fn living(&self) -> impl Iterator<Item = DocId> + '_ {
        self.reader.doc_ids_alive()
    }
}

impl Lane {
    #[expect(clippy::cast_precision_loss, reason = "a mean for scoring")]
    fn open(field: Field, parts: &[Part]) -> Result<Self, TantivyError> {
        let (mut tokens, mut documents) = (0, 0);
        let mut segments = Vec::with_capacity(parts.len());
        for part in parts {
            let words = part.reader.inverted_index(field)?;
            tokens += words.total_num_tokens();
            documents += part.reader.max_doc();
            segments.push((words, part.reader.fieldnorms_readers().get_field(field)?));
        }
        Ok(Self { field, mean: (tokens as f32 / documents.max(1) as f32).max(1.0), segments })
    }

    /// Calls `found` with the postings and the length at each living document in which `word` stands.
    pub(crate) fn walk(
        &self,
        word: &str,
        record: IndexRecordOption,
        parts: &[Part],
        mut found: impl FnMut(&Part, &mut SegmentPostings, u32),
    ) -> Result<(), TantivyError> {
        let term = Term::from_field_text(self.field, word);
        for (part, (words, lengths)) in parts.iter().zip(&self.segments) {
            if let Some(mut postings) = words.read_postings(&term, record)? {
                part.walk(&mut postings, |postings| {
                    let length = lengths.as_ref().map_or(1, |lengths| lengths.fieldnorm(postings.doc()));
                    found(part, postings, length);
                });
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Snapshot").field("segments", &self.segments()).finish_non_exhaustive()
    }
}
