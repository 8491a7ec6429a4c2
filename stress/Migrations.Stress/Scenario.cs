namespace Migrations.Stress;

/// <summary>One way in which something goes wrong, tried again and again.</summary>
internal abstract class Scenario
{
    /// <summary>For example <c>killed-up/sqlite</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How often, or how long, it is tried.</summary>
    public abstract Extent Extent(bool isLong);

    /// <summary>Called once before its trials: starts what they share and measures what they need to know.</summary>
    public virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>One trial; throws when something does not hold.</summary>
    public abstract Task RunAsync(Trial trial);

    /// <summary>Called once after its trials.</summary>
    public virtual ValueTask EndAsync() => ValueTask.CompletedTask;
}

/// <summary>How much of a scenario is run.</summary>
/// <param name="Trials">The most trials.</param>
/// <param name="Time">When no further trial begins; null for no limit.</param>
internal sealed record Extent(int Trials, TimeSpan? Time = null);

/// <summary>What one trial gets.</summary>
/// <param name="Random">Decides whatever is random in it.</param>
/// <param name="Figures">Takes what it measures.</param>
/// <param name="Temporary">Its folder, deleted afterwards.</param>
internal sealed record Trial(Random Random, Figures Figures, TemporaryFolder Temporary)
{
    /// <summary>Its migration folder.</summary>
    public string Folder => Directory.CreateDirectory(Temporary["migrations"]).FullName;
}

/// <summary>What should hold does not.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);

/// <summary>Says what must hold.</summary>
internal static class Must
{
    public static void Hold(bool condition, string otherwise)
    {
        if (!condition)
            throw new BrokenPromiseException(otherwise);
    }
}
