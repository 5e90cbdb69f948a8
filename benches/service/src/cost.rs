//! The comparison: in every repetition the bare statement, and then the service.

use std::path::Path;
use std::time::Duration;

use challenge_service::catalogue::Catalogue;

use crate::action::Action;
use crate::build::Programs;
use crate::cpu::Processes;
use crate::database::Database;
use crate::figures::{Figures, Wanted, row};
use crate::fsync;
use crate::generator::{Plan, Run};
use crate::pgbench::Pgbench;
use crate::service::Service;

/// Connections are opened, statements prepared and caches filled before the window, and the run goes
/// on for a while after it.
pub(crate) const LEAD_IN: Duration = Duration::from_secs(3);
pub(crate) const LEAD_OUT: Duration = Duration::from_secs(2);

/// How much, how long and how often.
pub(crate) struct Load {
    pub(crate) phase: String,
    pub(crate) rate_per_s: u32,
    pub(crate) window: Duration,
    pub(crate) repetitions: usize,
}

/// CPU time of a request, in microseconds.
struct Cost {
    service: f64,
    database: f64,
}

pub(crate) async fn compare(actions: &[Action], load: &Load) -> anyhow::Result<()> {
    let programs = Programs::build()?;
    let catalogue = Catalogue::built_in()?;
    let mut database = Database::start().await?;
    println!(
        "{}, {}/s, CPU time of {} s in each of {} repetitions: median [least, greatest]",
        load.phase,
        load.rate_per_s,
        load.window.as_secs(),
        load.repetitions
    );
    for &action in actions {
        let [mut bare, mut service, mut server, mut both, mut probes] =
            [const { Figures(Vec::new()) }; 5];
        for repetition in 1..=load.repetitions {
            eprintln!(
                "{}, repetition {repetition} of {}",
                action.name(),
                load.repetitions
            );
            let folder = tempfile::tempdir()?;
            probes.0.push(fsync::median_ms()?);
            database.reset(&catalogue).await?;
            bare.0.push(bare_cost(
                action,
                &catalogue,
                &database,
                load,
                folder.path(),
            )?);
            database.reset(&catalogue).await?;
            let cost = cost(action, &programs, &mut database, load, folder.path()).await?;
            service.0.push(cost.service);
            server.0.push(cost.database);
            both.0.push(cost.service + cost.database);
        }
        let wanted = if action.has_target() {
            Wanted::AtMost(2.0)
        } else {
            Wanted::Nothing
        };
        println!("{}", action.name());
        row("fsync", "ms", &probes, Wanted::Nothing);
        row(
            "bare statement: PostgreSQL",
            "us cpu",
            &bare,
            Wanted::Nothing,
        );
        row("request: PostgreSQL", "us cpu", &server, Wanted::Nothing);
        row("request: service", "us cpu", &service, Wanted::Nothing);
        row(
            "PostgreSQL / bare",
            "",
            &server.over(&bare),
            Wanted::Nothing,
        );
        row(
            "(service + PostgreSQL) / bare",
            "",
            &both.over(&bare),
            wanted,
        );
    }
    Ok(())
}

fn bare_cost(
    action: Action,
    catalogue: &Catalogue,
    database: &Database,
    load: &Load,
    folder: &Path,
) -> anyhow::Result<f64> {
    let script = folder.join("bare.sql");
    std::fs::write(&script, action.script(catalogue))?;
    let length = LEAD_IN + load.window + LEAD_OUT;
    let run = Pgbench::start(&database.url(), &script, load.rate_per_s, length)?;
    let [cpu] = window(load, [database.processes])?;
    // Its arrivals are random: so many come in the window on average.
    let statements = run.finish()? * load.window.as_secs_f64();
    Ok(cpu.as_secs_f64() * 1e6 / statements)
}

async fn cost(
    action: Action,
    programs: &Programs,
    database: &mut Database,
    load: &Load,
    folder: &Path,
) -> anyhow::Result<Cost> {
    let players = database.players(action.users()).await?;
    let service = Service::start(&programs.service, &load.phase, &database.url(), folder)?;
    let processes = [service.processes(), database.processes];
    let [service, database] = request_costs(
        action, programs, &service, &players, load, folder, processes,
    )?;
    Ok(Cost { service, database })
}

/// CPU time that each of `processes` takes for a request, in microseconds.
pub(crate) fn request_costs<const N: usize>(
    action: Action,
    programs: &Programs,
    service: &Service,
    players: &[String],
    load: &Load,
    folder: &Path,
    processes: [Processes; N],
) -> anyhow::Result<[f64; N]> {
    let plan = Plan {
        action,
        players,
        rate_per_s: load.rate_per_s,
        duration: LEAD_IN + load.window + LEAD_OUT,
    };
    let run = Run::start(&programs.brunt, service, &plan, folder)?;
    let used = window(load, processes)?;
    run.finish()?;
    let requests = f64::from(load.rate_per_s) * load.window.as_secs_f64();
    Ok(used.map(|cpu| cpu.as_secs_f64() * 1e6 / requests))
}

/// What each used during the window, which begins after the lead-in.
fn window<const N: usize>(load: &Load, processes: [Processes; N]) -> anyhow::Result<[Duration; N]> {
    std::thread::sleep(LEAD_IN);
    let mut before = [Duration::ZERO; N];
    for (cpu, processes) in before.iter_mut().zip(processes) {
        *cpu = processes.cpu()?;
    }
    std::thread::sleep(load.window);
    let mut used = [Duration::ZERO; N];
    for ((used, before), processes) in used.iter_mut().zip(before).zip(processes) {
        *used = processes.cpu()?.saturating_sub(before);
    }
    Ok(used)
}
