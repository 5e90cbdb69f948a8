//! `effect = { table = "user_goal_progress", inserts = 10 }`: what each success does to a database.

use brunt_record::Effect;

use super::super::super::mistake::Mistakes;
use super::super::super::table::Table;

const TABLE: &str = "name a table, as the database has it: table = \"users\"";
const INSERTS: &str =
    "write how many rows each success inserts at least, or leave the effect out: inserts = 1";

pub(super) fn effect(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Effect> {
    let mut effect = table.table("effect", mistakes)?;
    let name = effect.required("table", TABLE, mistakes);
    let name = name.and_then(|_| effect.string("table", mistakes));
    let rows = effect.required("inserts", INSERTS, mistakes);
    let inserts = rows.and_then(|_| effect.whole("inserts", mistakes));
    if let (Some(value), Some(0)) = (rows, inserts) {
        mistakes.add(
            &value.span(),
            format!("{}: inserts is 0", effect.name),
            INSERTS,
        );
    }
    effect.deny_unknown(mistakes);
    let (name, _) = name?;
    Some(Effect {
        table: name.to_owned(),
        inserts: inserts?,
    })
}
