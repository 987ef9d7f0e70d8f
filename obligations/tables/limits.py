"""How much is read at all; decided before anything is parsed."""

FILE_BYTES = 10 * 2**20
ZIP_MEMBERS = 2_000
UNPACKED_BYTES = 200 * 2**20
# A member above this size may not be packed tighter than this ratio.
RATIO_FROM_BYTES = 2**20
RATIO = 200
NAME_CHARACTERS = 255

ROWS = 20_000
COLUMNS = 256
# Titles, header and notes around the rows of the table.
ROWS_AROUND = 200
MERGED_RANGES = 60_000
MERGED_CELLS = 2_000_000
# The area from a sheet's first to its last cell, where a reader lays it out whole.
AREA_CELLS = 6_000_000

NAME_LENGTH = 500
TEXT_LENGTH = 4_000

# The child process that parses.
PARSER_BYTES = 512 * 2**20
PARSER_SECONDS = 20  # of processor time
PARSER_WAIT_SECONDS = 60  # by the wall clock: a busy machine is no fault of the file
