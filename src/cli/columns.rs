//! The per-episode table in one of two forms: CSV line by line, or Parquet column by column.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::Result as ParquetResult;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::output::Output;
use super::{CliError, Result};
use crate::experiment::arena::Experiment;
use crate::experiment::table::{EpisodeTable, Line, NewEpisodes};

/// Lines of one group of columns: what stays in memory.
const GROUP: usize = 1 << 18;
const SCHEMA: &str = "message episodes {
    REQUIRED BINARY run (STRING);
    REQUIRED INT64 lane (INTEGER(64,false));
    REQUIRED INT64 seed (INTEGER(64,false));
    REQUIRED INT64 episode (INTEGER(64,false));
    REQUIRED INT64 env_steps (INTEGER(64,false));
    REQUIRED INT64 updates (INTEGER(64,false));
    REQUIRED INT64 imagined_steps (INTEGER(64,false));
    REQUIRED DOUBLE return;
    REQUIRED INT64 length (INTEGER(64,false));
}";

/// A table that grows while an experiment goes on.
pub enum Table {
    /// Comma-separated.
    Csv(EpisodeTable<Output>),
    /// Columns.
    Parquet(Columns<Output>),
}

impl Table {
    /// The form that the name asks for.
    pub fn new(path: Option<&Path>, output: Output) -> Result<Self> {
        let name = output.name();
        match path.and_then(Path::extension).is_some_and(|e| e == "parquet") {
            true => Columns::new(output).map(Self::Parquet).map_err(|e| broken(&name, &e)),
            false => EpisodeTable::new(output).map(Self::Csv).map_err(|e| broken(&name, &e)),
        }
    }

    /// Copies what is new, before the records fold it.
    pub fn collect(&mut self, name: &str, experiment: &Experiment) -> Result<()> {
        match self {
            Self::Csv(table) => table.collect(experiment).map_err(|e| broken(name, &e)),
            Self::Parquet(table) => table.new.collect(experiment).map_err(|e| broken(name, &e)),
        }
    }

    /// Writes what is new: run by run, lane by lane.
    pub fn write_new(&mut self, name: &str, experiment: &Experiment) -> Result<()> {
        match self {
            Self::Csv(table) => table.write_new(experiment).map_err(|e| unwritten(name, e)),
            Self::Parquet(table) => table.write_new(experiment).map_err(|e| broken(name, &e)),
        }
    }

    /// Writes what is left and puts the file into its place.
    pub fn finish(self, name: &str) -> Result<()> {
        let output = match self {
            Self::Csv(table) => table.finish().map_err(|e| CliError::unwritten(name, &e))?,
            Self::Parquet(table) => table.finish().map_err(|e| broken(name, &e))?,
        };
        output.finish()
    }
}

fn unwritten(name: &str, error: csv::Error) -> CliError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => CliError::unwritten(name, &error),
        other => CliError::unwritten(name, &std::io::Error::other(format!("{other:?}"))),
    }
}

fn broken(name: &str, error: &dyn std::fmt::Display) -> CliError {
    CliError::Failed(format!("{name}: cannot be written: {error}"))
}

/// A Parquet file in the making.
pub struct Columns<W: Write + Send> {
    out: SerializedFileWriter<W>,
    new: NewEpisodes,
    runs: Vec<ByteArray>,
    /// Lane, seed, episode, real steps, updates, imagined steps, length.
    counts: [Vec<i64>; 7],
    returns: Vec<f64>,
}

impl<W: Write + Send> Columns<W> {
    /// Writes the beginning of the file.
    pub fn new(out: W) -> ParquetResult<Self> {
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        let properties = Arc::new(WriterProperties::builder().build());
        let out = SerializedFileWriter::new(out, schema, properties)?;
        let (runs, counts, returns) = (Vec::new(), Default::default(), Vec::new());
        Ok(Self { out, new: NewEpisodes::default(), runs, counts, returns })
    }

    /// Takes what is new: run by run, lane by lane.
    pub fn write_new(&mut self, experiment: &Experiment) -> ParquetResult<()> {
        let mut new = std::mem::take(&mut self.new);
        let done = new.each(experiment, |line| self.push(line));
        self.new = new;
        done
    }

    fn push(&mut self, Line { run, lane, seed, episode, row }: Line<'_>) -> ParquetResult<()> {
        self.runs.push(ByteArray::from(run));
        self.returns.push(row.episode_return);
        let clocks = [row.env_steps, row.updates, row.imagined_steps, row.length];
        let counts = [lane as u64, seed, episode].into_iter().chain(clocks);
        for (column, count) in self.counts.iter_mut().zip(counts) {
            // The column is declared unsigned: its bits are what counts.
            column.push(count as i64);
        }
        if self.runs.len() == GROUP { self.flush() } else { Ok(()) }
    }

    /// Writes a group of columns, in the order of the schema.
    fn flush(&mut self) -> ParquetResult<()> {
        if self.runs.is_empty() {
            return Ok(());
        }
        let mut group = self.out.next_row_group()?;
        let mut counts = self.counts.iter();
        let mut index = 0;
        while let Some(mut column) = group.next_column()? {
            match index {
                0 => column.typed::<ByteArrayType>().write_batch(&self.runs, None, None)?,
                7 => column.typed::<DoubleType>().write_batch(&self.returns, None, None)?,
                _ => {
                    let values = counts.next().map_or(&[][..], Vec::as_slice);
                    column.typed::<Int64Type>().write_batch(values, None, None)?
                }
            };
            column.close()?;
            index += 1;
        }
        group.close()?;
        self.runs.clear();
        self.returns.clear();
        self.counts.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    /// Writes what is left and hands the writer back.
    pub fn finish(mut self) -> ParquetResult<W> {
        self.flush()?;
        self.out.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;

    use super::*;
    use crate::experiment::clock::{Clock, Position};

    #[test]
    fn columns_hold_what_the_lines_hold() {
        let mut arena = crate::lessons::find(crate::lessons::WITHOUT_WINDOW).unwrap().arena;
        arena.lanes = 2;
        let mut experiment = Experiment::new(arena, 1).unwrap();
        let mut lines = EpisodeTable::new(Vec::new()).unwrap();
        let mut columns = Columns::new(Vec::new()).unwrap();
        for episodes in [2, 3] {
            experiment.advance_to(Position::at(Clock::Episodes, episodes), None);
            lines.write_new(&experiment).unwrap();
            columns.write_new(&experiment).unwrap();
        }
        let text = String::from_utf8(lines.finish().unwrap()).unwrap();
        let bytes = bytes::Bytes::from(columns.finish().unwrap());
        let reader = SerializedFileReader::new(bytes).unwrap();
        let mut want = text.lines();
        let header = want.next().unwrap();
        let mut count = 0;
        for row in reader.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let names: Vec<_> = row.get_column_iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names.join(","), header);
            let word = |field: &Field| match field {
                Field::Str(s) => s.clone(),
                Field::ULong(n) => n.to_string(),
                Field::Double(x) => format!("{x:?}"),
                other => panic!("{other:?}"),
            };
            let words: Vec<_> = row.get_column_iter().map(|(_, field)| word(field)).collect();
            assert_eq!(words.join(","), want.next().unwrap());
            count += 1;
        }
        assert_eq!((count, want.next()), (3 * 2 * 3, None));
    }
}
