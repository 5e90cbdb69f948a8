//! Names of functions at addresses.

use std::ptr;

use super::source_path::shorten;

/// A function at an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Symbol {
    /// As people write it.
    pub(super) name: String,
    /// As the linker writes it.
    pub(super) system_name: String,
    /// The source file; empty where nobody knows.
    pub(super) file: String,
    /// Line number; 0 where nobody knows.
    pub(super) line: i64,
}

/// The functions at the instruction before `address`: inlined ones first, the function that holds
/// them last. None where nobody knows.
///
/// An address to which a call returns is that of the next statement, or of the next function.
pub(super) fn before(address: usize) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    // It subtracts the one itself.
    backtrace::resolve(ptr::without_provenance_mut(address), |found| {
        let Some(raw) = found.name() else { return };
        let system_name = String::from_utf8_lossy(raw.as_bytes()).into_owned();
        let file = found.filename().and_then(|path| path.to_str());
        symbols.push(Symbol {
            name: format!("{:#}", rustc_demangle::demangle(&system_name)),
            system_name,
            file: file.map_or_else(String::new, |path| shorten(path).to_owned()),
            line: found.lineno().unwrap_or(0).into(),
        });
    });
    symbols
}

/// Gives back what looking names up has read of the debug information: hundreds of megabytes, that a
/// look at the memory of the service would find.
pub(super) fn forget() {
    backtrace::clear_symbol_cache();
}
