//! The parts of a table that all dialects write in the same way: keys, constraints, indexes.

mod built;

use modelshift_schema::constraint::ExclusionPart;
use modelshift_schema::expr::Expr;
use modelshift_schema::generated::Storage;
use modelshift_schema::index::{IndexPart, Nulls};
use modelshift_schema::name::{ColumnName, ObjectName};
use modelshift_schema::relation::{Deferrable, ReferentialAction};
use modelshift_schema::step::Step;
use modelshift_schema::table::{
    Check, Column, Exclusion, ForeignKeyConstraint, PrimaryKey, Table, TableIndex, Unique,
};

use super::expression::{Expressions, refuse_volatile};
use crate::dialect::{Capabilities, Dialect, Spelling, Unsupported};

/// Writes the parts of one table.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    spelling: &'a dyn Spelling,
    table: &'a Table,
}

impl<'a> Parts<'a> {
    /// Returns a writer for the table.
    pub(crate) fn new(spelling: &'a dyn Spelling, table: &'a Table) -> Self {
        Self { spelling, table }
    }

    /// Writes the name of the table.
    pub(crate) fn name(&self) -> Result<String, Unsupported> {
        self.spelling.table(&self.table.name)
    }

    /// Returns a writer for expressions over the table's columns.
    pub(crate) fn expressions(&self) -> Expressions<'a> {
        Expressions::new(self.spelling, self.table)
    }

    /// Writes columns, as in `"a", "b"`.
    pub(crate) fn columns(&self, columns: &[ColumnName]) -> Result<String, Unsupported> {
        let quoted = columns.iter().map(|column| self.spelling.identifier(column.as_str()));
        Ok(quoted.collect::<Result<Vec<_>, _>>()?.join(", "))
    }

    /// Writes `CONSTRAINT … PRIMARY KEY (…)`.
    pub(crate) fn primary_key(&self, key: &PrimaryKey) -> Result<String, Unsupported> {
        self.constraint(&key.name, &format!("PRIMARY KEY ({})", self.columns(&key.columns)?))
    }

    /// Writes `CONSTRAINT … UNIQUE (…)`.
    pub(crate) fn unique(&self, unique: &Unique) -> Result<String, Unsupported> {
        let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
        let mut words = vec![format!("UNIQUE{nulls} ({})", self.columns(&unique.columns)?)];
        if !unique.include.is_empty() {
            words.push(format!("INCLUDE ({})", self.columns(&unique.include)?));
        }
        words.extend(self.deferrable(&unique.name, unique.deferrable)?);
        self.constraint(&unique.name, &words.join(" "))
    }

    /// Writes `CONSTRAINT … EXCLUDE USING … (…)`.
    pub(crate) fn exclusion(&self, exclusion: &Exclusion) -> Result<String, Unsupported> {
        let whose = format!("exclusion constraint `{}`", exclusion.name);
        let mut parts = Vec::new();
        for ExclusionPart { part, operator } in &exclusion.parts {
            if !ExclusionPart::is_operator(operator) {
                let what = format!("{whose} names {operator:?}, which is not an operator");
                return Err(Unsupported::new(what, "write one such as `=` or `&&`"));
            }
            parts.push(format!("{} WITH {operator}", self.index_part(part, &whose)?));
        }
        let mut words = vec![format!("EXCLUDE USING {} ({})", exclusion.method.name(), parts.join(", "))];
        if let Some(when) = &exclusion.when {
            refuse_volatile(when, &whose)?;
            words.push(format!("WHERE ({})", self.expressions().condition(when)?));
        }
        words.extend(self.deferrable(&exclusion.name, exclusion.deferrable)?);
        self.constraint(&exclusion.name, &words.join(" "))
    }

    fn deferrable(&self, name: &ObjectName, when: Option<Deferrable>) -> Result<Option<String>, Unsupported> {
        when.map(|when| self.spelling.deferrable(name.as_str(), when).map(str::to_owned)).transpose()
    }

    /// Writes `CONSTRAINT … CHECK (…)`.
    pub(crate) fn check(&self, check: &Check) -> Result<String, Unsupported> {
        let condition = self.expressions().condition(&check.condition)?;
        self.constraint(&check.name, &format!("CHECK ({condition})"))
    }

    /// Writes `CONSTRAINT … FOREIGN KEY (…) REFERENCES …`.
    pub(crate) fn reference(&self, reference: &ForeignKeyConstraint) -> Result<String, Unsupported> {
        let mut words = vec![format!(
            "FOREIGN KEY ({}) REFERENCES {} ({})",
            self.columns(&reference.columns)?,
            self.spelling.table(&reference.target)?,
            self.columns(&reference.target_columns)?,
        )];
        // NO ACTION is the default in every database.
        for (event, action) in [("DELETE", reference.on_delete), ("UPDATE", reference.on_update)] {
            if action != ReferentialAction::NoAction {
                words.push(format!("ON {event} {}", spelled(action)));
            }
        }
        words.extend(self.deferrable(&reference.name, reference.deferrable)?);
        self.constraint(&reference.name, &words.join(" "))
    }

    /// Writes the expression of a generated column; `None` for an ordinary column.
    pub(crate) fn computed(&self, column: &Column) -> Result<Option<(String, Storage)>, Unsupported> {
        let Some(generated) = &column.generated else { return Ok(None) };
        refuse_volatile(&generated.expression, &format!("column `{}`", column.name))?;
        for name in generated.expression.names() {
            if self.existing(&ColumnName::new(name))?.generated.is_some() {
                let what =
                    format!("column `{}` is computed from `{name}`, which is generated itself", column.name);
                return Err(Unsupported::new(what, "write out what the other is computed from"));
            }
        }
        let value = self.expressions().value(&generated.expression, &column.column_type)?;
        Ok(Some((self.spelling.computed(value, &column.column_type), generated.storage)))
    }

    fn constraint(&self, name: &ObjectName, body: &str) -> Result<String, Unsupported> {
        Ok(format!("CONSTRAINT {} {body}", self.spelling.identifier(name.as_str())?))
    }

    /// Writes `CREATE INDEX …`, with what every database has.
    pub(crate) fn create_index(&self, index: &TableIndex) -> Result<String, Unsupported> {
        let whose = format!("index `{}`", index.name);
        let parts = index.parts.iter().map(|part| self.index_part(part, &whose));
        let mut words = vec![format!(
            "CREATE {}INDEX {} ON {} ({})",
            if index.unique { "UNIQUE " } else { "" },
            self.spelling.identifier(index.name.as_str())?,
            self.name()?,
            parts.collect::<Result<Vec<_>, _>>()?.join(", "),
        )];
        if let Some(when) = &index.when {
            refuse_volatile(when, &whose)?;
            words.push(format!("WHERE {}", self.expressions().condition(when)?));
        }
        Ok(words.join(" "))
    }

    fn index_part(&self, part: &IndexPart, whose: &str) -> Result<String, Unsupported> {
        let mut text = if let Some(column) = plain_column(&part.value) {
            self.existing(&column)?;
            self.spelling.read_column(column.as_str())?
        } else {
            refuse_volatile(&part.value, whose)?;
            format!("({})", self.expressions().condition(&part.value)?)
        };
        if let Some(class) = &part.operator_class {
            text = format!("{text} {}", self.spelling.identifier(class)?);
        }
        if part.descending {
            text.push_str(" DESC");
        }
        match part.nulls {
            Some(Nulls::First) => text.push_str(" NULLS FIRST"),
            Some(Nulls::Last) => text.push_str(" NULLS LAST"),
            None => {}
        }
        Ok(text)
    }

    /// Finds a column.
    pub(crate) fn existing(&self, name: &ColumnName) -> Result<&'a Column, Unsupported> {
        self.table.column(name).ok_or_else(|| self.missing("column", name.as_str()))
    }

    /// Finds an index.
    pub(crate) fn index(&self, name: &ObjectName) -> Result<&'a TableIndex, Unsupported> {
        let found = self.table.indexes.iter().find(|it| it.name == *name);
        found.ok_or_else(|| self.missing("index", name.as_str()))
    }

    /// Finds a unique constraint.
    pub(crate) fn unique_named(&self, name: &ObjectName) -> Result<&'a Unique, Unsupported> {
        let found = self.table.uniques.iter().find(|it| it.name == *name);
        found.ok_or_else(|| self.missing("unique constraint", name.as_str()))
    }

    /// Finds a check.
    pub(crate) fn check_named(&self, name: &ObjectName) -> Result<&'a Check, Unsupported> {
        let found = self.table.checks.iter().find(|it| it.name == *name);
        found.ok_or_else(|| self.missing("check", name.as_str()))
    }

    /// Finds an exclusion constraint.
    pub(crate) fn exclusion_named(&self, name: &ObjectName) -> Result<&'a Exclusion, Unsupported> {
        let found = self.table.exclusions.iter().find(|it| it.name == *name);
        found.ok_or_else(|| self.missing("exclusion constraint", name.as_str()))
    }

    /// Finds a reference.
    pub(crate) fn reference_named(&self, name: &ObjectName) -> Result<&'a ForeignKeyConstraint, Unsupported> {
        let found = self.table.references.iter().find(|it| it.name == *name);
        found.ok_or_else(|| self.missing("reference", name.as_str()))
    }

    fn missing(&self, kind: &str, name: &str) -> Unsupported {
        let what = format!("table `{}` has no {kind} `{name}` at this step", self.table.name);
        Unsupported::new(what, "the history and its steps disagree; please report it")
    }
}

/// Refuses features of an index that only PostgreSQL has.
pub(crate) fn refuse_foreign_index(dialect: Dialect, index: &TableIndex) -> Result<(), Unsupported> {
    let name = &index.name;
    if let Some(method) = index.method {
        let what = format!("{dialect} has no index of the method `{}` (`{name}`)", method.name());
        return Err(Unsupported::new(what, "leave `method` out, for a B-tree"));
    }
    if !index.include.is_empty() {
        let what = format!("{dialect} cannot hold other fields in an index (`{name}`)");
        return Err(Unsupported::new(what, "leave `include` out, or index its fields behind the others"));
    }
    if let Some(class) = index.parts.iter().find_map(|part| part.operator_class.as_ref()) {
        let what = format!("{dialect} has no operator class `{class}` (`{name}`)");
        return Err(Unsupported::new(what, "leave `ops(…)` out, and keep what it is about"));
    }
    if index.nulls_not_distinct {
        return Err(refuse_equal_nulls(dialect, name));
    }
    if index.parts.iter().any(|part| part.nulls.is_some()) {
        let what = format!("{dialect} cannot say where NULL stands in an index (`{name}`)");
        return Err(Unsupported::new(what, "leave `nulls_first(…)` and `nulls_last(…)` out"));
    }
    Ok(())
}

fn refuse_equal_nulls(dialect: Dialect, name: &ObjectName) -> Unsupported {
    let what = format!("{dialect} takes each NULL for a value of its own in unique fields (`{name}`)");
    Unsupported::new(
        what,
        "leave `nulls_not_distinct` out, and make the fields NOT NULL if one row may lack them",
    )
}

/// Refuses features of a unique constraint that only PostgreSQL has.
pub(crate) fn refuse_foreign_unique(dialect: Dialect, unique: &Unique) -> Result<(), Unsupported> {
    let name = &unique.name;
    if unique.nulls_not_distinct {
        return Err(refuse_equal_nulls(dialect, name));
    }
    if !unique.include.is_empty() {
        let what = format!("{dialect} cannot hold other fields in a unique constraint (`{name}`)");
        return Err(Unsupported::new(what, "leave `include` out"));
    }
    if unique.deferrable.is_some() {
        let what = format!("{dialect} checks unique fields row by row and cannot defer the check (`{name}`)");
        return Err(Unsupported::new(what, "leave `deferrable` out"));
    }
    Ok(())
}

/// Refuses features that an older PostgreSQL does not have.
pub(crate) fn refuse_newer_features(capabilities: &Capabilities, step: &Step) -> Result<(), Unsupported> {
    let (Step::CreateTable { after } | Step::AlterTable { after, .. }) = step else { return Ok(()) };
    if capabilities.nulls_not_distinct {
        return Ok(());
    }
    let uniques = after.uniques.iter().filter(|it| it.nulls_not_distinct).map(|it| &it.name);
    let indexes = after.indexes.iter().filter(|it| it.nulls_not_distinct).map(|it| &it.name);
    match uniques.chain(indexes).next() {
        Some(name) => Err(refuse_equal_nulls(Dialect::Postgres, name)),
        None => Ok(()),
    }
}

/// Refuses exclusion constraints, which only PostgreSQL has.
pub(crate) fn refuse_exclusions(dialect: Dialect, table: &Table) -> Result<(), Unsupported> {
    match table.exclusions.first() {
        None => Ok(()),
        Some(exclusion) => {
            let what = format!("{dialect} has no exclusion constraints (`{}`)", exclusion.name);
            Err(Unsupported::new(what, "leave `exclude(…)` out, and check in the service"))
        }
    }
}

/// Returns the column of an expression that is only a name; `None` for other expressions.
pub(crate) fn plain_column(expr: &Expr) -> Option<ColumnName> {
    if let Expr::Name(name) = expr { Some(ColumnName::new(name)) } else { None }
}

/// Returns whether a value for existing rows reads no columns, so that it can be a default.
pub(crate) fn is_free_of_columns(expr: &Expr) -> bool {
    let mut free = true;
    expr.visit(&mut |node| free &= !matches!(node, Expr::Name(_) | Expr::Raw(_)));
    free
}

/// Returns whether an expression contains raw SQL, whose names are unknown.
pub(crate) fn has_raw(expr: &Expr) -> bool {
    let mut found = false;
    expr.visit(&mut |node| found |= matches!(node, Expr::Raw(_)));
    found
}

fn spelled(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}
