namespace Migrations;

/// <summary>The refusals of what a script on a copy, or a backup that is loaded, would do to anything but that copy.</summary>
internal static class BeyondCopy
{
    /// <summary>A statement that is not run on a copy.</summary>
    /// <param name="what">What it does, and to what, without secrets: <c>ATTACH DATABASE 'archive.db'</c>.</param>
    /// <param name="statement">Its text.</param>
    /// <param name="location">Where it stands.</param>
    /// <param name="isSeen">Whether all that it does is seen; what is not seen may reach anywhere.</param>
    /// <param name="inner">The driver's exception, where the database refused it.</param>
    public static StatementException Refused(
        string what,
        string statement,
        ScriptLocation location,
        bool isSeen = true,
        Exception? inner = null
    ) =>
        new(
            ErrorId.ReachesBeyondCopy,
            $"{location}: {what} {(isSeen ? "reaches" : "may reach")} beyond the copy, so it was not run there.",
            "Nothing outside the copy was changed. Whether the statement works can only be determined by running it on the "
                + "database itself.",
            inner
        )
        {
            Location = location,
            Statement = statement,
        };

    /// <summary>The failure of a statement that may need one that was left out: nothing is known of it.</summary>
    public static StatementException Needs(StatementException leftOut, MigrationException failure) =>
        new(ErrorId.ReachesBeyondCopy, $"{leftOut.Message} A later statement may need it: {failure.Message}", leftOut.NextStep, failure)
        {
            Location = leftOut.Location,
            Statement = leftOut.Statement,
        };
}
