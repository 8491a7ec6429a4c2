namespace Migrations.Reporting;

/// <summary>How good a thing is, as a colour shows it.</summary>
internal enum ReportTone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Something is left to do.</summary>
    Notice,

    /// <summary>Not as it should be.</summary>
    Bad,

    /// <summary>Neither: it was not looked at, or there is nothing to judge.</summary>
    Plain,
}
