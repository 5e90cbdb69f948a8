//! What profiles cost: CPU time of a request of the service with a CPU profile at 99 Hz and without,
//! and with allocations sampled and without, in pairs of runs that change places.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use challenge_service::admin::pprof_format::Profile;
use challenge_service::catalogue::Catalogue;
use flate2::read::GzDecoder;
use prost::Message as _;

use crate::action::Action;
use crate::build::Programs;
use crate::cost::{LEAD_IN, LEAD_OUT, Load, request_costs};
use crate::database::Database;
use crate::figures::{Figures, Wanted, row};
use crate::service::Service;

/// How a run differs from the service as it is shipped, which samples allocations.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Variant {
    Shipped,
    CpuProfile,
    NoHeapSampling,
}

pub(crate) async fn compare(actions: &[Action], load: &Load) -> anyhow::Result<()> {
    let programs = Programs::build()?;
    let catalogue = Catalogue::built_in()?;
    let mut database = Database::start().await?;
    println!(
        "{}, {}/s, CPU time of the service in {} s of each of {} repetitions: median [least, greatest]",
        load.phase,
        load.rate_per_s,
        load.window.as_secs(),
        load.repetitions
    );
    for &action in actions {
        let mut costs = Costs::default();
        for repetition in 0..load.repetitions {
            eprintln!(
                "{}, repetition {} of {}",
                action.name(),
                repetition + 1,
                load.repetitions
            );
            let mut order = [
                Variant::Shipped,
                Variant::CpuProfile,
                Variant::NoHeapSampling,
            ];
            // What drifts in the course of a repetition is for neither side.
            if repetition % 2 == 1 {
                order.reverse();
            }
            for variant in order {
                database.reset(&catalogue).await?;
                costs
                    .measure(variant, action, &programs, &mut database, load)
                    .await?;
            }
        }
        costs.print(action);
    }
    Ok(())
}

/// CPU time of a request in microseconds, a figure a repetition.
#[derive(Default)]
struct Costs {
    shipped: Figures,
    profiled: Figures,
    without_heap: Figures,
    /// Of the CPU time of the process in a profile, the percentage that its samples stand for.
    accounted: Figures,
}

impl Costs {
    async fn measure(
        &mut self,
        variant: Variant,
        action: Action,
        programs: &Programs,
        database: &mut Database,
        load: &Load,
    ) -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let players = database.players(action.users()).await?;
        let heap = (variant != Variant::NoHeapSampling).to_string();
        let environment = [("CHALLENGE_HEAP_PROFILE", &*heap)];
        let service = Service::start_with(
            &programs.service,
            &load.phase,
            &database.url(),
            folder.path(),
            &environment,
        )?;
        let profile = (variant == Variant::CpuProfile).then(|| profile_of(&service, load));
        let processes = [service.processes()];
        let folder = folder.path();
        let [cost] = request_costs(
            action, programs, &service, &players, load, folder, processes,
        )?;
        match variant {
            Variant::Shipped => self.shipped.0.push(cost),
            Variant::CpuProfile => self.profiled.0.push(cost),
            Variant::NoHeapSampling => self.without_heap.0.push(cost),
        }
        if let Some(profile) = profile {
            let profile = profile.join();
            let profile = profile.map_err(|_| anyhow::anyhow!("the profile was not taken"))??;
            self.accounted.0.push(accounted_percent(&profile)?);
        }
        Ok(())
    }

    fn print(&self, action: Action) {
        println!("{}", action.name());
        row("as shipped", "us cpu", &self.shipped, Wanted::Nothing);
        row(
            "with a CPU profile",
            "us cpu",
            &self.profiled,
            Wanted::Nothing,
        );
        row(
            "without heap sampling",
            "us cpu",
            &self.without_heap,
            Wanted::Nothing,
        );
        let cpu = more_percent(&self.profiled, &self.shipped);
        row("CPU profile at 99 Hz", "% more", &cpu, Wanted::AtMost(2.0));
        let heap = more_percent(&self.shipped, &self.without_heap);
        row("heap sampling", "% more", &heap, Wanted::AtMost(4.0));
        row(
            "samples / CPU time",
            "%",
            &self.accounted,
            Wanted::AtLeast(95.0),
        );
    }
}

fn more_percent(with: &Figures, without: &Figures) -> Figures {
    let ratios = with.over(without).0.into_iter();
    Figures(ratios.map(|ratio| (ratio - 1.0) * 100.0).collect())
}

/// A CPU profile that goes on during the whole window. What it costs to look names up comes after that.
fn profile_of(service: &Service, load: &Load) -> JoinHandle<anyhow::Result<Profile>> {
    let admin = service.admin.clone();
    let length = load.window + LEAD_OUT / 2;
    thread::spawn(move || {
        thread::sleep(LEAD_IN.saturating_sub(Duration::from_millis(500)));
        let mut stream = TcpStream::connect(&admin)?;
        let seconds = length.as_secs();
        write!(
            stream,
            "GET /debug/pprof/profile?seconds={seconds}&frequency=99 HTTP/1.0\r\nhost: {admin}\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let head = answer
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .context("no answer of the admin address")?;
        ensure!(
            answer.starts_with(b"HTTP/1.0 200") || answer.starts_with(b"HTTP/1.1 200"),
            "the profile: {}",
            String::from_utf8_lossy(&answer)
        );
        let mut bytes = Vec::new();
        GzDecoder::new(&answer[head + 4..]).read_to_end(&mut bytes)?;
        Ok(Profile::decode(&bytes[..])?)
    })
}

/// Both figures are comments of the profile.
fn accounted_percent(profile: &Profile) -> anyhow::Result<f64> {
    let said = |name: &str| -> anyhow::Result<f64> {
        let mut comments = profile
            .comment
            .iter()
            .filter_map(|text| profile.string_table.get(usize::try_from(*text).ok()?));
        let value = comments.find_map(|comment| comment.strip_prefix(name)?.strip_prefix('='));
        let value = value.with_context(|| format!("the profile does not say {name}"))?;
        Ok(value.parse()?)
    };
    Ok(said("sampled_cpu_nanoseconds")? / said("process_cpu_nanoseconds")? * 100.0)
}
