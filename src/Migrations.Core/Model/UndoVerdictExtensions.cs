namespace Migrations;

/// <summary>What follows from a verdict.</summary>
public static class UndoVerdictExtensions
{
    /// <summary>True where the undo is proven, false where it is known to be bad, null where neither is known.</summary>
    public static bool? IsProven(this UndoVerdict verdict) =>
        verdict switch
        {
            UndoVerdict.Proven or UndoVerdict.SameButColumnOrder => true,
            UndoVerdict.Failed or UndoVerdict.SchemaDiffers or UndoVerdict.ValuesDiffer => false,
            _ => null,
        };

    /// <summary>The verdict in a few words, for people.</summary>
    public static string Message(this UndoVerdict verdict) =>
        verdict switch
        {
            UndoVerdict.None => "no undo",
            UndoVerdict.NotRun => "undo not rehearsed",
            UndoVerdict.Failed => "the undo fails",
            UndoVerdict.SchemaDiffers => "the undo does not restore the schema",
            UndoVerdict.ValuesDiffer => "the undo does not restore the values",
            UndoVerdict.SchemaOnly => "undo proven for the schema only: there were no rows to compare",
            UndoVerdict.SameButColumnOrder => "undo proven, but the order of columns changes",
            _ => "undo proven",
        };
}
