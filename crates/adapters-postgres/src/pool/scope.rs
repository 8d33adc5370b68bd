/// The cell whose tables connections see, of those that every cell has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Those of cell 0, as everything does where there is no other.
    Home,
    /// Those of another cell.
    Cell(i32),
    /// The rows of all cells, to read.
    EveryCell,
}

impl Scope {
    /// The schema that is looked through first. One that is not there is passed over.
    pub(super) fn schema(self) -> Option<String> {
        match self {
            Self::Home => None,
            Self::Cell(cell) => Some(format!("cell_{cell}")),
            Self::EveryCell => Some("every_cell".into()),
        }
    }

    /// What a connection runs once. PostgreSQL passes over schemas that are not there or that the role may not use.
    pub(super) fn session(self) -> Option<String> {
        let schema = self.schema()?;
        Some(format!(
            "SELECT set_config('search_path', '{schema}, ' || current_setting('search_path'), false)"
        ))
    }
}
