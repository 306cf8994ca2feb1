// Two cores: classes run beside each other, the tests of a class in turn.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel, Workers = 2)]
