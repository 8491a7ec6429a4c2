namespace Migrations;

/// <summary>How a check ended.</summary>
public enum CheckStatus
{
    /// <summary>It was looked at, and is as it should be.</summary>
    Pass,

    /// <summary>It should be looked into, and does not make the whole fail.</summary>
    Warn,

    /// <summary>It is not as it should be.</summary>
    Fail,

    /// <summary>It could not be looked at; the message says why. Never counts as <see cref="Pass"/>.</summary>
    NotRun,
}
