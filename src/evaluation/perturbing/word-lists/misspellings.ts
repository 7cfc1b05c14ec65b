/** Common English misspellings: words and the ways they are often written wrong. */

const ENTRIES = `
absence:absense,abscence abundance:abundence acceptable:acceptible accessible:accessable accidentally:accidently
accommodate:accomodate,acommodate accommodation:accomodation accompanied:acompanied accomplish:acomplish
according:acording account:acount accurate:acurate,accurrate accused:acused achieve:acheive achievement:acheivement
achieved:acheived acknowledge:aknowledge,acknowlege acquaintance:aquaintance acquire:aquire acquired:aquired
across:accross actually:actualy,acctually additional:additonal address:adress addressed:adressed adequate:adaquate
advertisement:advertisment advice:advise again:agian against:agianst aggressive:agressive agreement:agreemnt all:al
allowed:alowed almost:allmost already:allready,alredy although:altough always:allways amateur:amature among:amoung
amount:ammount analysis:analisis,analysys ancient:anceint annual:anual another:anohter answer:anwser
answered:anwsered anxious:anxius apparent:apparant apparently:apparantly appearance:appearence appeared:apeared
application:aplication appreciate:apreciate approach:aproach appropriate:apropriate approximately:aproximately
architecture:architechture argument:arguement around:arround arrangement:arrangment arrive:arive article:artical
assassination:assasination assistance:assistence association:assocation atmosphere:atmosphear attempt:atempt
attention:attension audience:audiance available:availible,avaliable average:avarage aware:awear basically:basicly
beautiful:beautifull,beutiful became:becamae because:becuase,becouse becoming:becomming before:befor
beginning:begining behaviour:behavour behavior:behavoir being:bieng believe:beleive,belive believed:beleived
benefit:benifit between:bewteen,betwen biggest:bigest bought:bougth boundary:boundry breakfast:brekfast
brilliant:briliant bring:brng broccoli:brocolli brought:brougth build:biuld building:bulding
business:buisness,bussiness calculate:calcualte calendar:calender called:caled campaign:campain capital:captial
careful:carefull carefully:carefuly carry:cary category:catagory caught:cuaght cause:casue ceiling:cieling
cemetery:cemetary central:centeral century:centruy certain:certian certainly:certainley challenge:challange
change:chnage changing:changeing character:charachter,charecter characteristic:characterstic cheap:cheep
chemical:chemcial children:childern choose:chose chocolate:chocolat circumstances:circumstanses citizen:citzen
climate:climit close:colse collection:colection college:collage column:colum coming:comming commercial:comercial
commission:comission commitment:committment committee:commitee,comittee common:comon communication:comunication
community:comunity company:compnay comparison:comparision compatible:compatable competition:compitition
complete:complet completely:completly complicated:complicted concentration:consentration condition:condtion
conscience:concience conscious:concious consider:considder consistent:consistant continue:contineu
continuous:continous contribution:contributon control:controll controversial:contraversial convenient:convienient
copyright:copywrite correct:corect could:coudl country:contry course:coarse courteous:curteous create:creat
criticism:critisism curiosity:curiousity current:curent daughter:daugther deceive:decieve decided:desided
decision:descision definite:definate definitely:definately,definitly definition:defintion deliberately:delibrately
delicious:delicous department:departement dependent:dependant describe:discribe description:discription
desperate:desparate develop:develope developed:developped development:developement difference:diffrence
different:diffrent,differant difficult:dificult difficulty:dificulty disappear:dissapear,disapear
disappeared:dissapeared disappoint:dissapoint disappointed:dissapointed disaster:disastor discipline:disipline
discovered:discoverd discussion:discusion disease:desease distance:distence distribution:distrubution does:dose
during:durring early:erly economic:econmic education:educaton effective:efective eight:eigth eighth:eigth
either:iether electricity:electrisity eligible:eligable embarrass:embarass embarrassed:embarassed
emergency:emergancy emphasis:emphasys employee:employe enemy:enemey energy:enery engineer:enginneer
enough:enought,enogh entirely:entirly entrance:enterance environment:enviroment,enviornment equipment:equiptment
equivalent:equivelant especially:especialy,expecially essential:essencial establish:estabilish every:evrey
everything:everthing evidence:evidance exactly:exactley exaggerate:exagerate example:exmaple excellent:excelent
except:exept exception:exeption excited:exited exercise:excercise,exersise exhausted:exausted existence:existance
expected:expexted expense:expence expensive:expencive experience:experiance,expereince experiment:experement
explain:explane explanation:explaination extraordinary:extrordinary extremely:extremly facility:facilty
familiar:familier family:familly famous:famouse fascinating:facinating favourite:favorit favorite:favorate
february:febuary field:feild fiery:firey final:finaly finally:finaly financial:finacial first:frist follow:folow
following:folowing foreign:foriegn foreseeable:forseeable forty:fourty forward:foward found:fuond fourth:forth
freight:frieght frequently:frequentley friend:freind friends:freinds from:form fulfill:fullfil function:funtion
further:furthur future:futrue gauge:guage general:genral generally:generaly genius:genious getting:geting girl:gril
given:givne glamorous:glamourous government:goverment,govermnent gradually:gradualy grammar:grammer
grateful:greatful great:graet group:gropu guarantee:garantee,gaurantee guard:gaurd guess:geuss guidance:guidence
half:hlaf handkerchief:hankerchief happened:happend happiness:happyness harass:harrass have:ahve having:haveing
heard:herad height:heigth,hieght here:heer heroes:heros hierarchy:heirarchy history:histroy hospital:hosptial
house:huose however:howver humorous:humourous hundred:hunderd hungry:hungery hygiene:hygeine identity:idenity
imaginary:imaginery imagine:imagin immediate:imediate immediately:immediatly,imediately importance:importence
important:importent impossible:imposible improvement:improvment incidentally:incidently include:inculde
including:inlcuding increase:increse incredible:incredable independence:independance independent:independant
indispensable:indispensible individual:indivdual industry:industrey influence:influance information:infomation
inoculate:innoculate instead:insted intelligence:inteligence intelligent:inteligent interest:intrest
interested:intrested interesting:intresting interrupt:interupt introduction:introducton invitation:invitaion
irrelevant:irrelevent irresistible:irresistable island:iland jewelry:jewlery journey:journy judgment:judgement
kindergarten:kindergarden kitchen:kichen knowledge:knowlege,knowlegde laboratory:labratory
language:langauge,languge large:lagre later:latter laugh:laught leisure:liesure length:lenght letter:leter
level:leval liaison:liason library:libary license:lisence lightning:lightening likely:likley listen:lisen
literature:litrature little:litle loneliness:lonliness lose:loose lying:lieing machine:machien magazine:magizine
maintain:maintian maintenance:maintainance,maintenence making:makeing management:managment manoeuvre:manuever
many:mnay marriage:marrige material:meterial mathematics:mathmatics maximum:maximun meant:ment measure:mesure
medicine:medecine medieval:medeival member:memeber memory:memmory message:mesage might:migth millennium:millenium
million:milion miniature:minature minute:minuite mischievous:mischievious missile:missle misspell:mispell
moment:momment money:mony month:mounth more:moer morning:moring mountain:mountian muscle:mucsle
mysterious:misterious national:natinal natural:naturel naturally:naturaly necessary:neccessary,necesary
necessarily:necessarilly neighbour:nieghbour neighbor:nieghbor neither:niether never:nevre niece:neice night:nigth
ninety:ninty ninth:nineth noticeable:noticable number:nubmer numerous:numerious object:obejct
observation:obsevation obstacle:obsticle obvious:obvius obviously:obviousley occasion:occassion,ocasion
occasionally:occasionaly,occassionally occurred:occured occurrence:occurence,occurance occurring:occuring
official:offical often:offen omission:ommission once:onec opinion:opinon opponent:oponent
opportunity:oportunity,opportunty opposite:oposite order:ordre ordinary:ordinery organization:organizaton
original:orginal other:ohter outside:outisde parallel:paralell,parralel parliament:parliment particular:perticular
particularly:particulary people:poeple,peopel perceive:percieve percent:precent perform:preform
performance:performence perhaps:perhpas period:peroid permanent:permenant permission:permision
perseverance:perserverance person:persno personal:personel personnel:personel persuade:pursuade physical:phisical
picture:pitcure piece:peice place:palce planning:planing playwright:playwrite pleasant:plesant please:plese
point:piont poison:posion political:politcal politician:politican popular:populer population:populaton
portrait:portait possession:posession,possesion possible:posible possibility:possiblity potatoes:potatos
power:pwoer practical:practicle practice:pratice precede:preceed prefer:perfer preferred:prefered
prejudice:predjudice preparation:preperation presence:presense present:presant president:presedent pressure:presure
prevalent:prevelant previous:previus primitive:primative principle:principal privilege:priviledge,privelege
probably:probaly,probly problem:probelm procedure:proceedure proceed:procede process:proccess produce:prodcue
profession:proffesion professional:proffesional professor:proffesor program:programm prominent:promenent
promise:promiss pronunciation:pronounciation properly:propperly protein:protien psychology:phsychology
public:pubilc publicly:publically purpose:purpouse pursue:persue quantity:quanity quarter:quater question:quesiton
questionnaire:questionaire quickly:quicky quiet:queit quite:qiute quiz:quizz read:raed reaction:reacton
really:realy reason:reson receipt:reciept receive:recieve received:recieved recent:resent recently:recentley
recognize:reconize recommend:reccomend,recomend recommended:reccomended record:recrod reference:referance
referred:refered region:reigon relevant:relevent relief:releif religious:religous remember:rember,remeber
remove:remvoe repetition:repitition represent:repersent require:requier research:reserch resistance:resistence
resource:resorce response:responce responsible:responsable responsibility:responsibilty
restaurant:restaraunt,resturant result:reslut rhyme:ryhme rhythm:rythm right:rigth running:runing
sacrifice:sacrafice safety:saftey said:siad same:smae satellite:sattelite scared:scarred schedule:schedual
school:shcool science:sceince scissors:sissors search:serach second:secodn secretary:secratary security:securty
seize:sieze sense:sence sentence:sentance separate:seperate separately:seperately sergeant:sargent serious:serius
service:servise several:severel shining:shineing should:shoudl similar:similiar simple:simpel since:sinse
sincerely:sincerly situation:situaton society:soceity soldier:solider someone:somone something:somthing
sometimes:somtimes sophisticated:sophisticted source:sorce speech:speach special:speical species:speices
spend:spned started:statred state:satte statement:statment still:sitll stopped:stoped strategy:stratagy
strength:strenght strong:stong student:studnet studying:studing subject:subejct succeed:succede success:sucess
successful:succesful,successfull sufficient:sufficent suggest:sugest summary:sumary superintendent:superintendant
supersede:supercede support:suport suppose:supose surely:surley surface:surfice surprise:suprise surprised:suprised
surrounding:surounding survey:survay system:sytem target:taget teacher:teahcer technique:technic
technology:tecnology temperature:temperture,temperatur temporary:temporarly tendency:tendancy than:then their:thier
themselves:themselfs theory:thoery there:thier therefore:therfore these:theese they:tehy thing:thign think:thnik
thorough:thourough thought:thougth thousand:thousend threshold:threshhold through:thorugh,throught
throughout:throughtout together:togehter tomatoes:tomatos tomorrow:tommorow,tommorrow tongue:tounge total:toatl
towards:twoards tragedy:tradgedy transferred:transfered travel:travle treatment:treatement tried:tryed
trouble:troubel truly:truely twelfth:twelth typical:tipical tyranny:tyrany under:udner understand:undertsand
unfortunately:unfortunatly unique:uniqe university:univeristy unless:unles until:untill unusual:unusuall upon:apon
usage:useage useful:usefull using:useing usually:usualy,usally vacuum:vaccum,vacume valuable:valueable
variety:vareity various:varius vegetable:vegatable vehicle:vehical version:verison very:vrey village:vilage
visible:visable volume:volumn wanted:watned water:watre wealth:welth weather:wether wednesday:wensday weight:wieght
weird:wierd welcome:wellcome welfare:wellfare were:wre western:westen where:wehre whether:wether which:wich,whcih
while:whlie white:wihte whole:hole wisdom:wisdon with:wiht within:wihtin without:whitout,wihtout woman:womman
wonderful:wonderfull world:wrold would:woudl writing:writting written:writen wrong:worng yacht:yatch year:yaer
yesterday:yesturday yield:yeild young:yuong your:yuor
`;

/** Right spelling, lower case -> wrong ones. */
export const MISSPELLINGS: ReadonlyMap<string, readonly string[]> = new Map(
  ENTRIES.trim()
    .split(/\s+/)
    .map((entry) => {
      const [right, wrong] = entry.split(':') as [string, string];
      return [right, wrong.split(',')] as const;
    }),
);
