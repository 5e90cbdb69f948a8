//! `effect = { table = "user_goal_progress", inserts = 10 }`: what each success does to a database.

use brunt_record::Effect;

use super::super::super::mistake::Mistakes;
use super::super::super::table::Table;

pub(super) fn effect(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Effect> {
    let mut effect = table.table("effect", mistakes)?;
    let name = effect.required("table", mistakes);
    let name = name.and_then(|_| effect.string("table", mistakes));
    let rows = effect.required("inserts", mistakes);
    let inserts = rows.and_then(|_| effect.whole("inserts", mistakes));
    if let (Some(value), Some(0)) = (rows, inserts) {
        mistakes.add_with_hint(
            &value.span(),
            format!("{}: inserts is 0", effect.name),
            "write how many rows each success inserts at least, or leave the effect out",
        );
    }
    effect.deny_unknown(mistakes);
    let (name, _) = name?;
    Some(Effect {
        table: name.to_owned(),
        inserts: inserts?,
    })
}
