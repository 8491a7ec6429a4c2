namespace Migrations;

/// <summary>History and folder do not allow what was asked. Nothing has run.</summary>
/// <param name="id">The cause.</param>
/// <param name="message">What blocks the plan.</param>
/// <param name="nextStep">The ways out.</param>
/// <param name="migrations">The blocking migrations, in order.</param>
public sealed class PlanException(ErrorId id, string message, Advice nextStep, IReadOnlyList<string> migrations)
    : MigrationException(id, message, nextStep)
{
    /// <summary>The blocking migrations, in order.</summary>
    public IReadOnlyList<string> Migrations { get; } = migrations;
}
