use parmap::pipeline;

struct Table {
    rank: Box<dyn FnMut(u8) -> u8 + Send>,
}

fn ranks(table: &Table) -> Vec<u8> {
    pipeline!(0..3_u8, serial(table.rank), collect())
}

fn main() {}
