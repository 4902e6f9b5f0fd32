"""What a table holds: its columns, some of its rows, and what each column says of the target."""

from .column_profile import MOST_VALUES, NUMBER, ColumnProfile
from .leaks import is_leak, is_suspect, measure_leak
from .tables import TableProfile, file_span, profile_table
