@echo off
rem Runs the ravine command on Windows; ravine.cmd --help lists what there is. It needs JDK 17 or newer and Maven.
setlocal
set "bin="
if defined JAVA_HOME set "bin=%JAVA_HOME%\bin\"
"%bin%java" "%~dp0cli\src\main\launcher\Launch.java" "%~dp0." %*
exit /b %ERRORLEVEL%
