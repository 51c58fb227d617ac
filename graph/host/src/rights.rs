//! Who may do what: the table `graph/rights.txt`, by which every part decides.
//!
//! A line is a field of a graph, or a route of a BFF, with a cell for each role. What is not in the table nobody may do.

use std::collections::BTreeMap;

use crate::auth::Caller;
use crate::identity::{Role, Roles};

/// The table.
const TABLE: &str = include_str!("../../rights.txt");

/// What a role may do with a thing.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Cell {
    /// Nothing.
    No,
    /// All, with what is theirs.
    Own,
    /// All, whosever it is.
    All,
}

/// What each role may do with a thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Right([Cell; Role::ALL.len()]);

/// What is whose: all things, or those of one subject.
#[derive(Clone, Debug, PartialEq)]
pub enum Whose {
    /// Everybody's.
    All,
    /// Those of the caller with this subject.
    Own(std::sync::Arc<str>),
}

impl Whose {
    /// The subject whose things alone are meant.
    pub fn owner(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::Own(subject) => Some(subject),
        }
    }

    /// Whether what belongs to `owner` is meant.
    pub fn is_of(&self, owner: &str) -> bool {
        self.owner().is_none_or(|one| one == owner)
    }
}

impl Right {
    /// What is in no line of the table.
    const NONE: Self = Self([Cell::No; Role::ALL.len()]);

    /// What somebody with these roles may do: the most that one of them may.
    pub fn of(self, roles: Roles) -> Cell {
        let cells = Role::ALL.into_iter().zip(self.0).filter(|(role, _)| roles.has(*role));
        cells.map(|(_, cell)| cell).max().unwrap_or(Cell::No)
    }

    /// The roles that may do something at all.
    pub fn roles(self) -> Roles {
        let some = Role::ALL.into_iter().zip(self.0).filter(|(_, cell)| *cell != Cell::No);
        some.fold(Roles::NONE, |all, (role, _)| all.and(role))
    }

    /// Whose things `caller` may do it with; nothing when they may not do it at all.
    pub fn whose(self, caller: &Caller) -> Option<Whose> {
        match self.of(caller.who.roles) {
            Cell::No => None,
            Cell::Own => Some(Whose::Own(caller.subject().clone())),
            Cell::All => Some(Whose::All),
        }
    }
}

/// A section of the table: the rights at one service, or at the BFFs.
#[derive(Clone, Debug, Default)]
pub struct Rights(BTreeMap<String, Right>);

impl Rights {
    /// The section of a service, or `rest`, that of the BFFs.
    ///
    /// # Errors
    /// A sentence, when a line of the table cannot be read.
    pub fn at(section: &str) -> Result<Self, String> {
        Self::read(TABLE, section)
    }

    /// A section of another table, for tests.
    ///
    /// # Errors
    /// A sentence, when a line cannot be read.
    pub fn read(table: &str, wanted: &str) -> Result<Self, String> {
        let (mut all, mut section) = (BTreeMap::new(), "");
        for (nth, line) in table.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name;
            } else if !line.is_empty() && section == wanted {
                let (things, right) = read_line(line).ok_or_else(|| format!("rights.txt, line {}: {line}", nth + 1))?;
                for thing in things {
                    if all.insert(thing, right).is_some() {
                        return Err(format!("rights.txt, line {}: it is there twice", nth + 1));
                    }
                }
            }
        }
        Ok(Self(all))
    }

    /// The right to a field, such as `Plant.name`, or a route, such as `GET /plants`.
    pub fn to(&self, thing: &str) -> Right {
        self.0.get(thing).copied().unwrap_or(Right::NONE)
    }

    /// All things with a right, for tests.
    pub fn all(&self) -> impl Iterator<Item = (&str, Right)> {
        self.0.iter().map(|(thing, right)| (thing.as_str(), *right))
    }
}

/// A line: a route, a field, or a type with several fields in braces; then the cells.
fn read_line(line: &str) -> Option<(Vec<String>, Right)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (thing, cells) = words.split_last_chunk::<{ Role::ALL.len() }>()?;
    let mut right = Right::NONE;
    for (cell, word) in right.0.iter_mut().zip(cells) {
        *cell = match *word {
            "-" => Cell::No,
            "own" => Cell::Own,
            "all" => Cell::All,
            _ => return None,
        };
    }
    let things = match thing {
        [ty, "{", fields @ .., "}"] if !fields.is_empty() => fields.iter().map(|one| format!("{ty}.{one}")).collect(),
        [_] | [_, _] => vec![thing.join(" ")],
        _ => return None,
    };
    Some((things, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANTS: &str = "
        # what                nobody guest buyer seller admin
        [plants]
        Query.plants            -    all   all   all    all
        Plant { name height }   -    all   own   own    all   # of no use to guests
        [rest]
        GET /plants             all  all   all   all    all
    ";

    #[test]
    fn a_line_is_a_route_a_field_or_several_of_a_type() {
        let plants = Rights::read(PLANTS, "plants").unwrap();
        let names: Vec<&str> = plants.all().map(|(name, _)| name).collect();
        assert_eq!(names, ["Plant.height", "Plant.name", "Query.plants"]);
        let cells = Role::ALL.map(|role| plants.to("Plant.name").of(role.into()));
        assert_eq!(cells, [Cell::No, Cell::All, Cell::Own, Cell::Own, Cell::All]);
        assert_eq!(plants.to("Plant.name").of(Roles::named(["buyer", "admin"])), Cell::All);
        assert_eq!(plants.to("GET /plants"), Right::NONE);
        assert_eq!(Rights::read(PLANTS, "rest").unwrap().to("GET /plants").of(Role::Nobody.into()), Cell::All);
        assert!(!plants.to("Query.plants").roles().has(Role::Nobody));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_line() {
        for wrong in
            ["Query.a - - - -", "Query.a - - - - some", "A { } - - - - -", "A { b - - - - -", "A b c - - - - -"]
        {
            let read = Rights::read(&format!("[plants]\n{wrong}"), "plants");
            assert!(read.is_err_and(|what| what.contains("line 2")), "{wrong}");
        }
        assert!(Rights::read("[plants]\nA { b b } - - - - -", "plants").is_err());
    }

    #[test]
    fn the_table_can_be_read() {
        let sections: Vec<&str> = TABLE.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']')).collect();
        assert!(sections.len() > 3);
        for section in sections {
            assert!(Rights::at(section).unwrap().all().count() > 0, "{section}");
        }
    }
}
