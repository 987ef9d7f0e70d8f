"""Every sentence about a file or a cell: what is wrong, and what would be right."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Kind, or kind.variant -> sentence.
SENTENCES: dict[str, Promise | str] = {
    "too_large": _(
        "The file has %(size)s MB; at most %(limit)s MB are read. Remove pictures and other "
        "sheets, or split the list."
    ),
    "too_large_uncompressed": _(
        "Unpacked, the file would take %(size)s MB; at most %(limit)s MB are read. Copy the "
        "table into a new workbook and save it again."
    ),
    "too_large_uncompressed.memory": _(
        "The workbook needs too much memory to be read. Copy the table into a new workbook "
        "without empty formatted rows and columns."
    ),
    "zip_bomb": _(
        "The part %(part)s is packed %(ratio)s to 1, as in a malicious file. Copy the table "
        "into a new workbook and save it again."
    ),
    "zip_bomb.overlap": _(
        "Parts of the file overlap, as in a malicious file (%(part)s). Copy the table into a "
        "new workbook and save it again."
    ),
    "too_many_entries": _(
        "The workbook consists of %(count)s parts; at most %(limit)s are read. Copy the "
        "table into a new workbook and save it again."
    ),
    "misnamed": _(
        "The file is named %(suffix)s, but its content is %(content)s. Rename it to end in "
        "%(content)s."
    ),
    "misnamed.workbook": _(
        "The file is named %(suffix)s, but its content is %(content)s. Open it in Excel or "
        "WPS and save it as “Excel workbook (*.xlsx)”."
    ),
    "misnamed.document": _(
        "The file is named %(suffix)s, but its content is %(content)s. Open it in Word or "
        "WPS and save it as “Word document (*.docx)”."
    ),
    "misnamed.other": _(
        "The file is named %(suffix)s, but its content is %(content)s, which is not read. "
        "Choose the list as .xlsx, .xls, .et, .ods, .csv or .docx."
    ),
    "unsupported_type.workbook": _(
        "Files of type %(suffix)s (content %(content)s) are not read. Open it in Excel or WPS "
        "and save it as “Excel workbook (*.xlsx)”."
    ),
    "unsupported_type.document": _(
        "Files of type %(suffix)s (content %(content)s) are not read. Open it in Word or WPS "
        "and save it as “Word document (*.docx)”."
    ),
    "unsupported_type.other": _(
        "Files of type %(suffix)s (content %(content)s) are not read; .xlsx, .xls, .et, .ods, "
        ".csv and .docx are. Save the list as one of these."
    ),
    "encrypted": _("The file is encrypted. Remove the password and save it again."),
    "macro_enabled": _(
        "The file holds macros, or is of a type for macros. Save it as “Excel workbook "
        "(*.xlsx)” or “Word document (*.docx)”, without macros."
    ),
    "xml_entity": _(
        "The part %(part)s declares XML entities, as in a malicious file. Copy the table "
        "into a new workbook and save it again."
    ),
    "corrupt": _(
        "The file is damaged and cannot be opened. Open it in Excel or WPS, let it be "
        "repaired, save it again."
    ),
    "corrupt.part": _(
        "The file is damaged: its part %(part)s cannot be read. Open it in Excel or WPS, let "
        "it be repaired, save it again."
    ),
    "corrupt.twice": _(
        "The file is damaged: it holds a part of the same name twice. Open it in Excel or "
        "WPS and save it again."
    ),
    "corrupt.merged": _(
        "The sheet holds too many merged cells to be read. Copy the table into a new workbook."
    ),
    "corrupt.quotes": _(
        "The quotation marks in the text file do not match near line %(line)s. Save the "
        "table as CSV again."
    ),
    "corrupt.slow": _(
        "The file could not be read within %(limit)s seconds. Copy the table into a new "
        "workbook and save it again."
    ),
    "corrupt.crashed": _(
        "The file could not be read: it is damaged or made to do harm. Copy the table into a "
        "new workbook and save it again."
    ),
    "external_links": _(
        "The file refers to other files or data sources (%(part)s). Break the links (in Excel "
        "under “Data – Edit links”), then save it again."
    ),
    "embedded_object": _(
        "The file holds an embedded object (%(part)s). Delete the objects and save it again."
    ),
    "path_in_zip": _(
        "The part %(part)s inside the file has a forbidden path, as in a malicious file. "
        "Copy the table into a new workbook and save it again."
    ),
    "strict_ooxml": _(
        "The workbook was saved as “Strict Open XML”. Save it as the ordinary “Excel "
        "workbook (*.xlsx)”."
    ),
    "empty_file": _("The file is empty. Choose the file that holds the list."),
    "empty_file.document": _("The document holds no table. Choose the file that holds the list."),
    "empty_file.sheet": _(
        "No sheet of the workbook holds anything. Choose the file that holds the list."
    ),
    "bad_filename.empty": _(
        "The file has no name. Give it one that ends in .xlsx, .xls, .et, .ods, .csv or .docx."
    ),
    "bad_filename.long": _("The file's name is longer than %(limit)s characters. Shorten it."),
    "bad_filename.path": _("The file's name holds a slash. Rename the file."),
    "bad_filename.control": _(
        "The file's name holds invisible control characters. Rename the file."
    ),
    "bad_filename.absent": _("There is no file “%(file)s”. Check its path."),
    "bad_filename.no_file": _("“%(file)s” is not a file. Give the path of a list file."),
    "bad_filename.unreadable": _("The file “%(file)s” may not be read. Check its permissions."),
    "no_header": _("No header row was found. The table needs a row with the labels %(columns)s."),
    "missing_column": _(
        "The column “%(column)s” is missing. Add it under this label, or under one of these: "
        "%(names)s."
    ),
    "duplicate_column": _(
        "The columns “%(first)s” and “%(column)s” mean the same. Keep one, or rename the other."
    ),
    "no_data_rows": _(
        "There is no data row under the header. Choose the file that holds the list."
    ),
    "too_many_rows": _(
        "The table has more than %(limit)s rows. Split it into several files of the same batch."
    ),
    "too_many_columns": _(
        "The table has %(count)s columns with content; at most %(limit)s are read. Delete "
        "the columns that do not belong to the list."
    ),
    "encoding": _(
        "The text is neither UTF-8 nor GB18030 (from byte %(position)s on). Save the table "
        "as “CSV UTF-8”, or as .xlsx."
    ),
    "choose_sheet": _("Several sheets hold such a table: %(sheets)s. Say which one to import."),
    "choose_sheet.unknown": _(
        "There is no sheet “%(sheet)s”; there are %(sheets)s. Choose one of these."
    ),
    "bad_mapping.rows": _(
        "Rows %(top)s to %(bottom)s cannot be a header: give the first and the last of at most "
        "%(most)s rows."
    ),
    "bad_mapping.beyond": _(
        "Rows %(top)s to %(bottom)s of the sheet hold nothing: give the rows in which the labels "
        "stand."
    ),
    "bad_mapping.column": _("“%(letters)s” is no column of a sheet."),
    "bad_mapping.absent": _(
        "The sheet has no column %(letters)s that holds anything: choose one that does."
    ),
    "bad_mapping.field": _(
        "Column %(letters)s was said to be “%(field)s”, which lists of this kind do not have: "
        "choose one of their columns."
    ),
    "bad_mapping.twice": _(
        "Columns %(first)s and %(letters)s were both said to be “%(label)s”: only one can be."
    ),
    "bad_mapping.none": _(
        "No column was said to be used, so there is nothing to read: say what the columns mean."
    ),
    "secret": _(
        "This row bears a mark of secrecy. Material that is a state or work secret must not "
        "enter this system; the file was refused and is not kept."
    ),
    "secret.document": _(
        "The file bears a mark of secrecy beside its table. Material that is a state or work "
        "secret must not enter this system; the file was refused and is not kept."
    ),
    "bad_date": _(
        "“%(text)s” is not a date. Write a day such as 2025-09-30 or 2025年9月底, or 持续推进."
    ),
    "required_missing": _("“%(column)s” is empty. Fill it in."),
    "required_missing.when_shared": _(
        "“%(column)s” is empty. It must be filled in for resources that are shared."
    ),
    "bad_choice": _("“%(text)s” is not a value of “%(column)s”. Write one of: %(choices)s."),
    "bad_choice.one": _(
        "“%(text)s” names several values; “%(column)s” takes one. Write one of: %(choices)s."
    ),
    "duplicate_row": _(
        "This repeats row %(first)s: %(columns)s are the same. Delete one of the two."
    ),
    "unknown_department": _(
        "No department is called “%(text)s”. Write its full or short name, or have it added "
        "to the departments."
    ),
    "unknown_department.near": _(
        "No department is called “%(text)s”. Perhaps %(near)s was meant; write its full or "
        "short name."
    ),
    "multiple_departments": _(
        "“%(text)s” names %(count)s departments; “%(column)s” takes one. Leave “%(first)s” "
        "as the leading one and put the others into the column of supporting departments or "
        "into rows of their own."
    ),
    "formula_no_value": _(
        "The cell holds a formula without a result. Open the file, let it calculate, and "
        "save it, or write the value itself."
    ),
    "error_value": _(
        "The cell holds the error value %(text)s. Correct the formula or write the value itself."
    ),
    "control_char": _(
        "The cell holds the invisible control character %(text)s. Type the text anew."
    ),
    "corrupt_cell": _("The cell's content is damaged. Type it anew."),
    "too_long": _(
        "The text has %(length)s characters; “%(column)s” takes at most %(limit)s. Shorten it."
    ),
    "extra_cells": _(
        "“%(text)s” in column %(column)s stands under no label. Delete it, or give the "
        "column a label."
    ),
    "hidden_rows": _("Hidden rows were read as well: %(rows)s."),
    "hidden_columns": _("Hidden columns were read as well: %(columns)s."),
    "other_sheets_ignored": _("Other sheets were not read: %(sheets)s."),
    "nested_tables": _(
        "“%(sheet)s” holds tables inside cells; their texts were read as texts of those cells."
    ),
    "tables_joined": _(
        "%(sheets)s continue “%(sheet)s” and were read with it as one table; the rows are "
        "counted through."
    ),
    "unknown_column": _(
        "The column “%(column)s” (%(letters)s) is not known; its cells are kept as they are, "
        "without being used."
    ),
    "formula_value_used": _(
        "Rows with formulas, whose saved results were used: %(rows)s. Check that they are current."
    ),
    "secret_word": _(
        "Rows that speak of secrecy: %(rows)s. Make sure that they hold nothing secret."
    ),
    "empty_group": _(
        "The group “%(name)s” has no members on this day: nobody would owe anything in its "
        "name. Add its members under “Groups”, then read the file again."
    ),
    "no_counterpart": _(
        "No provincial department is the counterpart of “%(name)s”: only the external "
        "obligation is made."
    ),
}
