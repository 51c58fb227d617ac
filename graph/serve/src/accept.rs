//! What a client can read, by its `Accept` headers (RFC 9110, section 12.5.1).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use mime::Mime;

use crate::media::Media;

/// The ranges of all `Accept` headers; what is no media range is left out.
pub(crate) struct Accept {
    ranges: Vec<Range>,
    says_nothing: bool,
}

/// A media range, and how welcome it is: from 0, not at all, to 1.
struct Range {
    media: Mime,
    quality: f32,
}

/// How exactly a range names a media type. The most exact one that covers it decides.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Exactness {
    Anything,
    AnyApplication,
    Named,
}

impl Accept {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).iter().map(|line| line.to_str().unwrap_or_default());
        let texts: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        Self {
            ranges: texts.iter().filter_map(|text| Range::of(text)).collect(),
            says_nothing: texts.iter().all(|text| text.is_empty()),
        }
    }

    /// The media type that the client likes best; nothing when it can read none.
    ///
    /// One that likes both as much and does not name `application/graphql-response+json` may not know it.
    pub(crate) fn best(&self) -> Option<Media> {
        if self.says_nothing {
            return Some(Media::Json);
        }
        let (json, graphql) = (self.weigh(Media::Json), self.weigh(Media::GraphqlResponse));
        match (json, graphql) {
            (Some((_, json)), Some((exactness, graphql))) => {
                let newer = graphql > json || (graphql >= json && exactness == Exactness::Named);
                Some(if newer { Media::GraphqlResponse } else { Media::Json })
            }
            (json, graphql) => json.map(|_| Media::Json).or(graphql.map(|_| Media::GraphqlResponse)),
        }
    }

    /// How welcome a media type is, by the most exact range that covers it; nothing when it is not.
    fn weigh(&self, media: Media) -> Option<(Exactness, f32)> {
        let covering = self.ranges.iter().filter_map(|range| Some((range.covers(media)?, range.quality)));
        let decisive = covering.reduce(|one, other| if other > one { other } else { one });
        decisive.filter(|(_, quality)| *quality > 0.0)
    }
}

impl Range {
    fn of(text: &str) -> Option<Self> {
        let media: Mime = text.parse().ok()?;
        let quality = media.get_param("q").map_or(Some(1.0), |q| q.as_str().parse().ok())?;
        (0.0..=1.0).contains(&quality).then_some(Self { media, quality })
    }

    /// How exactly the range names `media`, when it does; the answers are in UTF-8.
    fn covers(&self, media: Media) -> Option<Exactness> {
        if self.media.get_param(mime::CHARSET).is_some_and(|set| set != mime::UTF_8) {
            return None;
        }
        match self.media.essence_str() {
            "*/*" => Some(Exactness::Anything),
            "application/*" => Some(Exactness::AnyApplication),
            name => (name == media.name()).then_some(Exactness::Named),
        }
    }
}
